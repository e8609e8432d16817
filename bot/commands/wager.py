"""``/wager``: a bet between two members; nothing moves until the other one accepts."""

import secrets
from collections.abc import Callable
from functools import partial

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.buttons import Press, pressed
from bot.economy import games as shared
from bot.economy import holdings
from bot.handle import Call, Fact, handle, recorded
from bot.members import known_receiver, receiver
from events.currency import Coin
from events.decisions import wagers
from events.decisions.asked import Asked
from events.decisions.draws import SEED_BITS
from events.decisions.wagers import Offer
from events.engine.catalogue import decode
from events.engine.errors import Refused
from events.engine.event import Event
from events.games import End, WagerClosed, WagerOffered, WagerPlayed
from sql import lake
from sql.pool import Connection
from sql.reads import fetch

MOST = 1_000_000_000
WAYS: dict[str, End] = {"decline": "declined", "cancel": "cancelled"}
UNPLAYED = {
    "declined": "<@{opponent}> declined.",
    "cancelled": "<@{challenger}> took it back.",
    "expired": "Nobody answered in time.",
}


@app_commands.command(name="wager")
@app_commands.guild_only()
@app_commands.describe(member="Whom to challenge", amount="Coins that each of you stakes")
async def wager(
    interaction: Interaction, member: discord.User, amount: app_commands.Range[int, 1, MOST]
) -> None:
    """Challenge a member: both stake the same, one takes it all (no house edge)"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def decide(conn: Connection) -> list[WagerOffered]:
            guild_id = asked.guild_id
            waiting = fetch(
                conn, "wagers", "open_offers", guild=guild_id, user=asked.user_id, now=asked.at
            )
            return [
                wagers.offer(
                    asked,
                    receiver(conn, guild_id, member),
                    amount,
                    own=shared.bettor(conn, guild_id, asked.user_id, asked.at),
                    limits=shared.limits(conn, guild_id),
                    opponent_opted_out=shared.opted_out(conn, guild_id, member.id),
                    open_offers=waiting[0]["wagers"],
                )
            ]

        done = await services.work(
            handle, services.database, call, reads=shared.READS, decide=decide, show=_how_it_stands
        )
        return _reply(done.shown, done.position)

    await answer(interaction, work)


@pressed("wager")
async def answered(interaction: Interaction, arguments: list[str]) -> None:
    """Accepted, declined or taken back. One that has ended shows how, whatever was pressed."""
    wager_id, way = arguments
    if not wager_id.isdecimal() or len(wager_id) > 19 or way not in ("accept", *WAYS):
        return
    seed = secrets.randbits(SEED_BITS)

    async def work(services: Services, call: Call) -> Reply:
        done = await services.work(
            handle,
            services.database,
            call,
            reads=shared.READS,
            decide=lambda conn: [
                end(conn, call.asked, int(wager_id), way, seed, partial(_there, conn, interaction))
            ],
            show=_how_it_stands,
        )
        return _reply(done.shown, done.position, update=True)

    await answer(interaction, work)


def _there(conn: Connection, interaction: Interaction, user_id: int) -> bool:
    """Whether a member is still in the server."""
    return known_receiver(conn, interaction.guild, interaction.guild_id or 0, user_id).present


def end(
    conn: Connection,
    asked: Asked,
    wager_id: int,
    way: str,
    seed: int,
    is_present: Callable[[int], bool],
) -> WagerPlayed | WagerClosed:
    """What a press comes to; a wager that has ended is not decided again."""
    offered = recorded(conn, asked.guild_id, f"{wager_id}:{WagerOffered.event_type}")
    if not isinstance(offered, WagerOffered):
        raise Refused("There is no such wager on this server.")
    offer = Offer.of(offered)
    before = recorded(conn, asked.guild_id, offer.end_id)
    if isinstance(before, WagerPlayed | WagerClosed):
        if asked.user_id not in (offer.challenger_id, offer.opponent_id):
            raise Refused("This wager is over, and it was not yours.")
        return before
    if way in WAYS:
        return wagers.refuse(asked, offer, WAYS[way])
    return wagers.accept(
        asked,
        offer,
        own=shared.bettor(conn, offer.guild_id, offer.opponent_id, asked.at),
        challenger=shared.bettor(conn, offer.guild_id, offer.challenger_id, asked.at),
        challenger_present=is_present(offer.challenger_id),
        limits=shared.limits(conn, offer.guild_id),
        seed=seed,
    )


def _how_it_stands(conn: Connection, facts: list[Fact]) -> tuple[Event, int, Coin]:
    """The wager's newest fact, its position, and what coins are called. An offer that is delivered
    again may have ended since: then its end is shown."""
    event, position = facts[0].event, facts[0].position
    if isinstance(event, WagerOffered):
        ended = lake.stored_under(conn, event.guild_id, Offer.of(event).end_id)
        if ended is not None:
            event, position = decode(ended), ended.position
    return event, position, holdings.coin_of(conn, event.guild_id)


def _reply(shown: tuple[Event, int, Coin], position: int, *, update: bool = False) -> Reply:
    event, place, coin = shown
    if isinstance(event, WagerOffered):
        return Reply(
            offer_sheet(event, coin), _buttons(event.wager_id), position=place, recorded=True
        )
    assert isinstance(event, WagerPlayed | WagerClosed)
    return Reply(end_sheet(event, place, coin), update=update, position=position, recorded=True)


def offer_sheet(event: WagerOffered, coin: Coin) -> discord.Embed:
    """A challenge that waits for an answer."""
    until = look.ago(Offer.of(event).expires_at)
    embed = look.note(
        f"<@{event.user_id}> challenges <@{event.target_id}>.\n"
        f"Each stakes {look.money(event.stake, coin)}; "
        f"one of you takes {look.money(wagers.SIDES * event.stake, coin)}. It ends {until}.",
        title="Wager",
    )
    embed.set_footer(text="An even chance, house edge 0.00 %. Nothing moves until it is accepted.")
    return embed


def end_sheet(event: WagerPlayed | WagerClosed, position: int, coin: Coin) -> discord.Embed:
    """How a wager ended."""
    sides = f"<@{event.challenger_id}> against <@{event.opponent_id}>"
    if isinstance(event, WagerClosed):
        why = UNPLAYED[event.end].format(challenger=event.challenger_id, opponent=event.opponent_id)
        text = f"{sides} for {look.money(event.stake, coin)}\n{why} Nothing was moved."
        return look.note(text, colour=look.GREY, title="Wager: not played")
    embed = look.note(
        f"{sides}\n<@{event.winner_id}> wins {look.money(event.payout, coin)}",
        colour=look.GREEN,
        title="Wager: played",
    )
    embed.set_footer(
        text=f"House edge 0.00 % \N{MIDDLE DOT} seed {event.seed} \N{MIDDLE DOT} #{position} in "
        "this server's log: /games check draws it again"
    )
    return embed


def _buttons(wager_id: int) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for label, way, style in (
        ("Accept", "accept", discord.ButtonStyle.success),
        ("Decline", "decline", discord.ButtonStyle.danger),
        ("Take back", "cancel", discord.ButtonStyle.secondary),
    ):
        view.add_item(Press("wager", [str(wager_id), way], label=label, style=style))
    return view


COMMANDS: Commands = [wager]
