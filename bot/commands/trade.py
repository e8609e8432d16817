"""``/trade``: two members put up what they like, confirm the same version, and swap at once."""

from collections.abc import Callable, Sequence
from typing import Any

import discord
from discord import app_commands

from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.buttons import pressed
from bot.delivery import open_form
from bot.economy import goods
from bot.economy.holdings import currencies_of
from bot.economy.things import held
from bot.economy.trades import Named, buttons, load, named, open_of, pick, sheet, shown
from bot.forms import Form, submitted
from bot.handle import Call, handle, look_up, recorded
from bot.members import known_receiver, receiver
from events.decisions import trades
from events.decisions.amounts import amount_of
from events.decisions.asked import Asked
from events.decisions.economy import Member
from events.decisions.trades import Trade
from events.engine.event import Event
from projections.engine.ruling import rules_now
from sql.pool import Connection

READS = ["accounts", "profiles", "shop", "trades"]

Find = Callable[[Connection, Asked], Trade]
Decide = Callable[[Connection, Asked, Trade, Member], Event]

trade = app_commands.Group(
    name="trade", description="Swap coins and things with another member", guild_only=True
)


@trade.command(name="open")
@app_commands.describe(member="Whom to trade with")
async def open_(interaction: Interaction, member: discord.User) -> None:
    """Open a trade with another member"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def decide(conn: Connection) -> Sequence[Event]:
            partner = receiver(conn, asked.guild_id, member)
            found = open_of(conn, asked.guild_id, asked.user_id)
            earlier = [one for one in found if one.other(asked.user_id) == member.id]
            minutes = rules_now(conn, asked.guild_id).number("trade_minutes")
            return trades.open_trade(asked, partner, earlier[0] if earlier else None, minutes)

        done = await services.work(
            handle, services.database, call, reads=READS, decide=decide, show=shown
        )
        return _reply(done.shown, position=done.position, recorded=True)

    await answer(interaction, work)


@trade.command(name="offer")
@app_commands.describe(
    what="Money, or a thing you carry",
    amount='How many you offer, or "all"; 0 takes it back',
    member="With whom, if you have more than one trade open",
)
async def offer(
    interaction: Interaction,
    what: str,
    amount: app_commands.Range[str, 1, 30],
    member: discord.User | None = None,
) -> None:
    """Put something into your open trade, or take it back"""
    await _act(interaction, _with(member), offering(what, amount))


@offer.autocomplete("what")
async def what_choices(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """What the member carries."""
    return await goods.choices(interaction, current)


@trade.command(name="show")
@app_commands.describe(member="With whom, if you have more than one trade open")
async def show_(interaction: Interaction, member: discord.User | None = None) -> None:
    """See your open trade, and confirm it"""
    await _look(interaction, _with(member))


@trade.command(name="cancel")
@app_commands.describe(member="With whom, if you have more than one trade open")
async def cancel(interaction: Interaction, member: discord.User | None = None) -> None:
    """Call off your open trade; whatever was put up goes back"""
    await _act(interaction, _with(member), cancelling)


@pressed("tradeoffer")
async def ask_offer(interaction: Interaction, arguments: list[str]) -> None:
    """Ask what the member offers."""
    what: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="what", default="coins", max_length=100
    )
    amount: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id="amount", max_length=20)
    fields = [
        ("Money, or a thing you carry", what),
        ("How many in all (0 takes it back)", amount),
    ]
    await open_form(interaction, Form("tradeoffer", arguments[:1], "What do you offer?", fields))


@submitted("tradeoffer")
async def hand_in_offer(
    interaction: Interaction, arguments: list[str], written: dict[str, str]
) -> None:
    """A new version of the trade, in place of the one the button stood under."""
    decide = offering(written["what"], written["amount"])
    await _act(interaction, _by_id(int(arguments[0])), decide, update=True)


@pressed("tradeconfirm")
async def press_confirm(interaction: Interaction, arguments: list[str]) -> None:
    """Agree to the version that the button stands under."""
    trade_id, version = map(int, arguments)
    await _act(interaction, _by_id(trade_id), confirming(version), update=True)


@pressed("tradecancel")
async def press_cancel(interaction: Interaction, arguments: list[str]) -> None:
    """Call the trade off."""
    await _act(interaction, _by_id(int(arguments[0])), cancelling, update=True)


@pressed("tradelook")
async def press_look(interaction: Interaction, arguments: list[str]) -> None:
    """Show the trade as it stands."""
    await _look(interaction, _by_id(int(arguments[0])), update=True)


async def _act(
    interaction: Interaction, find: Find, decide: Decide, *, update: bool = False
) -> None:
    """Find the trade, decide under the guild's lock, and show what has become of it."""

    async def work(services: Services, call: Call) -> Reply:
        done = await services.work(
            handle,
            services.database,
            call,
            reads=READS,
            decide=lambda conn: [deciding(conn, call.asked, interaction.guild, find, decide)],
            show=shown,
        )
        return _reply(done.shown, position=done.position, recorded=True, update=update)

    await answer(interaction, work)


def deciding(
    conn: Connection, asked: Asked, guild: discord.Guild | None, find: Find, decide: Decide
) -> Event:
    """What comes of an act on the trade that ``find`` finds."""
    found = find(conn, asked)
    return decide(
        conn, asked, found, known_receiver(conn, guild, asked.guild_id, found.other(asked.user_id))
    )


async def _look(interaction: Interaction, find: Find, *, update: bool = False) -> None:
    async def work(services: Services, call: Call) -> Reply:
        found = await services.work(
            look_up,
            services.database,
            call.asked.guild_id,
            reads=READS,
            show=lambda conn: named(conn, find(conn, call.asked), call.asked.guild_id),
        )
        return _reply(found, update=update)

    await answer(interaction, work)


def _reply(found: Named, **more: Any) -> Reply:
    trade, names = found
    return Reply(sheet(trade, names), buttons(trade), **more)


def _with(member: discord.User | None) -> Find:
    other_id = member.id if member else None
    return lambda conn, asked: pick(conn, asked.guild_id, asked.user_id, other_id)


def _by_id(trade_id: int) -> Find:
    return lambda conn, asked: load(conn, asked.guild_id, trade_id)


def offering(what: str, amount: str) -> Decide:
    """Offer so many of what the member calls ``what``."""

    def decide(conn: Connection, asked: Asked, found: Trade, partner: Member) -> Event:
        has, own = held(conn, asked.guild_id, asked.user_id), found.offer(asked.user_id)
        currency = goods.names_of(conn, asked.guild_id).called(what, {**has, **own})
        carried = has.get(currency, 0)
        everything = trades.to_offer(found, asked.user_id, currency, carried)
        number = amount_of(amount, everything)
        return trades.change(asked, found, partner, currency, number, carried=carried)

    return decide


def confirming(version: int) -> Decide:
    """Agree to ``version``; who has done so already is told the same again."""

    def decide(conn: Connection, asked: Asked, found: Trade, partner: Member) -> Event:
        if found.is_between(asked.user_id) and version == found.version:
            done = found.state == "settled"
            key = found.end_id if done else found.confirm_id(asked.user_id)
            before = recorded(conn, asked.guild_id, key) if done or found.state == "open" else None
            if before is not None:
                return before
        return trades.confirm(
            asked,
            found,
            version,
            partner,
            carried=held(conn, asked.guild_id, asked.user_id),
            partner_carried=held(conn, asked.guild_id, partner.user_id),
            known=currencies_of(conn, asked.guild_id).known,
        )

    return decide


def cancelling(conn: Connection, asked: Asked, found: Trade, partner: Member) -> Event:
    """Call it off; when it has been called off already, the same again."""
    if found.is_between(asked.user_id) and found.state == "cancelled":
        before = recorded(conn, asked.guild_id, found.end_id)
        if before is not None:
            return before
    return trades.cancel(asked, found)


COMMANDS: Commands = [trade]
