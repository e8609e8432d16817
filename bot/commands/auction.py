"""``/auction``: put something up, bid for it, and let the scheduler hand over at the end."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import discord
from discord import app_commands

from bot import autocomplete, look, paging
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.buttons import pressed
from bot.delivery import open_form
from bot.economy import currencies, goods
from bot.economy.auctions import (
    Named,
    buttons,
    counts,
    line,
    load,
    named,
    open_ones,
    plain_line,
    sheet,
    shown,
)
from bot.economy.things import held
from bot.forms import Form, submitted
from bot.handle import Call, handle, look_up, recorded
from bot.paging import last_page, pager
from events.decisions import auctions
from events.decisions.amounts import amount_of
from events.decisions.asked import Asked
from events.decisions.auctions import Auction, Terms
from events.engine.event import Event
from events.ledger import COINS, MAX_AMOUNT
from projections.engine.ruling import rules_now
from sql.pool import Connection

READS = ["accounts", "auctions", "shop"]
PAGE = 8
DURATIONS = {
    "10 minutes": 10,
    "1 hour": 60,
    "6 hours": 360,
    "1 day": 1440,
    "3 days": 4320,
    "1 week": 10_080,
}

Some = app_commands.Range[int, 1, MAX_AMOUNT]
Decide = Callable[[Connection, Asked, Auction], Sequence[Event]]

auction = app_commands.Group(name="auction", description="Sell to the highest bid", guild_only=True)


@auction.command(name="start")
@app_commands.describe(
    what="What you sell: a thing you carry, or money",
    amount="How many of it, in one lot",
    minimum="The lowest first bid",
    increment="By how much each bid has to be higher than the last",
    buyout="A bid of this ends the auction at once",
    duration="How long it runs; late bids prolong it",
    bids_in="What is bid: a currency (coins if you leave it out), or a thing",
)
@app_commands.choices(
    duration=[app_commands.Choice(name=name, value=value) for name, value in DURATIONS.items()]
)
async def start(
    interaction: Interaction,
    what: str,
    minimum: Some,
    amount: Some = 1,
    increment: Some = 1,
    buyout: Some | None = None,
    duration: int = DURATIONS["1 day"],
    bids_in: str = COINS,
) -> None:
    """Put something of yours up for auction"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def decide(conn: Connection) -> list[Event]:
            has, names = (
                held(conn, asked.guild_id, asked.user_id),
                goods.names_of(conn, asked.guild_id),
            )
            currency = names.called(what, has)
            terms = Terms(
                currency, amount, names.known(bids_in), minimum, increment, buyout, duration
            )
            return [
                auctions.start(
                    asked,
                    terms,
                    carried=has[currency],
                    open_already=counts(conn, asked.guild_id, asked.user_id)[1],
                    fee_percent=rules_now(conn, asked.guild_id).number("auction_fee_percent"),
                )
            ]

        done = await services.work(
            handle, services.database, call, reads=READS, decide=decide, show=shown
        )
        return _reply(done.shown, position=done.position, recorded=True)

    await answer(interaction, work)


@start.autocomplete("what")
async def what_choices(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """What the member carries."""
    return await goods.choices(interaction, current)


start.autocomplete("bids_in")(currencies.in_use)


@auction.command(name="bid")
@app_commands.describe(auction="Which auction", amount='How much, or "all"')
async def bid(
    interaction: Interaction, auction: str, amount: app_commands.Range[str, 1, 30]
) -> None:
    """Bid in an auction; if you are outbid, you have it back at once"""
    await _act(interaction, number_of(auction), bidding(amount))


@auction.command(name="show")
@app_commands.describe(auction="Which auction")
async def show_(interaction: Interaction, auction: str) -> None:
    """See an auction, and bid in it"""
    await _look(interaction, number_of(auction))


@auction.command(name="cancel")
@app_commands.describe(auction="Which auction")
async def cancel(interaction: Interaction, auction: str) -> None:
    """Call off an auction: yours while nobody has bid; admins at any time"""
    is_admin = interaction.permissions.manage_guild
    await _act(interaction, number_of(auction), cancelling(is_admin=is_admin))


@bid.autocomplete("auction")
@show_.autocomplete("auction")
@cancel.autocomplete("auction")
async def auction_choices(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The auctions that end next."""
    return await autocomplete.looked_up(interaction, current, READS, _ending_next)


def _ending_next(conn: Connection, guild_id: int) -> Iterator[tuple[str, str]]:
    found, names = open_ones(conn, guild_id, limit=4 * autocomplete.MOST)
    for one in found:
        yield plain_line(one, names), str(one.auction_id)


@auction.command(name="list")
async def list_(interaction: Interaction) -> None:
    """The auctions that are open, those that end first on top"""
    await _list(interaction, 0, update=False)


@pager("auctions")
async def turned(interaction: Interaction, arguments: list[str], page: int) -> None:
    """Another page of them."""
    await _list(interaction, page, update=True)


async def _list(interaction: Interaction, page: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        guild_id, user_id = call.asked.guild_id, call.asked.user_id

        def show(conn: Connection) -> tuple[int, list[Auction], goods.Names]:
            number, _ = counts(conn, guild_id, user_id)
            return number, *open_ones(conn, guild_id, limit=PAGE, offset=page * PAGE)

        number, found, names = await services.work(
            look_up, services.database, guild_id, reads=READS, show=show
        )
        last = last_page(number, PAGE)
        text = "\n".join(line(one, names) for one in found)
        embed = look.note(text or "None. Start one with `/auction start`.", title="Open auctions")
        embed.set_footer(text=f"Page {page + 1} of {last + 1} \N{MIDDLE DOT} bid with /auction bid")
        return Reply(embed, paging.buttons("auctions", ["open"], page, last), update=update)

    await answer(interaction, work)


@pressed("auctionask")
async def ask_bid(interaction: Interaction, arguments: list[str]) -> None:
    """Ask how much."""
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id="amount", max_length=30)
    form = Form("auctionask", arguments[:1], "Your bid", [("How much you bid in all", field)])
    await open_form(interaction, form)


@submitted("auctionask")
async def hand_in_bid(
    interaction: Interaction, arguments: list[str], written: dict[str, str]
) -> None:
    """The auction after the bid, in place of the one the button stood under."""
    await _act(interaction, int(arguments[0]), bidding(written["amount"]), update=True)


@pressed("auctionbid")
async def press_bid(interaction: Interaction, arguments: list[str]) -> None:
    """Bid what the button says."""
    auction_id, amount = arguments
    await _act(interaction, int(auction_id), bidding(amount), update=True)


@pressed("auctionlook")
async def press_look(interaction: Interaction, arguments: list[str]) -> None:
    """Show the auction as it stands."""
    await _look(interaction, int(arguments[0]), update=True)


async def _act(
    interaction: Interaction, auction_id: int, decide: Decide, *, update: bool = False
) -> None:
    """Decide under the guild's lock, and show what has become of the auction."""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        done = await services.work(
            handle,
            services.database,
            call,
            reads=READS,
            decide=lambda conn: decide(conn, asked, load(conn, asked.guild_id, auction_id)),
            show=shown,
        )
        return _reply(done.shown, position=done.position, recorded=True, update=update)

    await answer(interaction, work)


async def _look(interaction: Interaction, auction_id: int, *, update: bool = False) -> None:
    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id
        found = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=READS,
            show=lambda conn: named(conn, load(conn, guild_id, auction_id), guild_id),
        )
        return _reply(found, update=update)

    await answer(interaction, work)


def _reply(found: Named, **more: Any) -> Reply:
    auction, names = found
    return Reply(sheet(auction, names), buttons(auction), **more)


def number_of(text: str) -> int:
    """The id that the autocomplete filled in; 0, which is no auction, for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0


def bidding(text: str) -> Decide:
    """Bid so much; who has the highest bid with just that is told the same again."""

    def decide(conn: Connection, asked: Asked, found: Auction) -> Sequence[Event]:
        has = held(conn, asked.guild_id, asked.user_id)
        amount = amount_of(text, has.get(found.bid_currency, 0))
        if found.bidder_id == asked.user_id and found.bid == amount:
            keys = [found.bid_id(amount), *([found.end_id] if found.state == "sold" else [])]
            before = [recorded(conn, asked.guild_id, key) for key in keys]
            return [event for event in before if event is not None]
        theirs = held(conn, asked.guild_id, found.seller_id)
        known = rules_now(conn, asked.guild_id).currencies.known
        return auctions.bid(asked, found, amount, carried=has, seller_carried=theirs, known=known)

    return decide


def cancelling(*, is_admin: bool) -> Decide:
    """Call it off; when that has happened already, the same again."""

    def decide(conn: Connection, asked: Asked, found: Auction) -> Sequence[Event]:
        if found.state == "cancelled" and (is_admin or asked.user_id == found.seller_id):
            before = recorded(conn, asked.guild_id, found.end_id)
            if before is not None:
                return [before]
        return [auctions.cancel(asked, found, is_admin=is_admin)]

    return decide


COMMANDS: Commands = [auction]
