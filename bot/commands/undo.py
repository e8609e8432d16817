"""``/undo``: an act of the economy is taken back by a compensating event, previewed, once."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Final, cast, get_args

import discord
from discord import app_commands

from bot import autocomplete, confirm, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.economy.acts import TITLES, balances_of, changes, events_of, in_words, reason_required
from bot.economy.holdings import currencies_of
from bot.handle import Call, Fact, handle, look_up, recorded
from bot.points import xp_decay, xp_undo
from events.decisions.asked import Asked
from events.decisions.currency import Currencies
from events.decisions.economy_acts import NO_REASON, check_reason
from events.decisions.undo import undo as decide_undo
from events.economy_acts import EconomyUndone, Way
from events.engine.errors import Refused
from events.ledger import LedgerEvent
from sql.pool import Connection
from sql.reads import Row, fetch

READS = ["accounts", "admin_log"]
MINUS: Final = "\N{MINUS SIGN}"
REACH = 500
"""Lines of the admin log that the choices are taken from."""
WAYS: Final[dict[Way, str]] = {
    "stop": "stop: undo nothing if some of it has been spent",
    "debt": "debt: take what is there, the rest is owed",
    "skip": "skip: leave those alone who have spent it",
}


@app_commands.command(name="undo")
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(
    act="Which act; the newest are listed",
    spent="What becomes of coins that have been spent already",
    reason="Why; members can read it",
)
@app_commands.choices(spent=[app_commands.Choice(name=t, value=w) for w, t in WAYS.items()])
async def undo(
    interaction: Interaction,
    act: str,
    spent: str = "stop",
    reason: app_commands.Range[str, 1, 150] = NO_REASON,
) -> None:
    """Take back a grant, award, reset, interest, tax, levy, or decay of coins or XP"""
    if xp_decay.is_act(act):
        return await xp_undo.ask(interaction, act, reason)
    way = cast(Way, spent)

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def show(conn: Connection) -> discord.Embed:
            done = _find(conn, asked.guild_id, act)
            facts = _decide(conn, asked, done, way, reason)
            return _sheet(conn, done, facts, title="Undo: please confirm")

        embed = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=show
        )
        view = confirm.buttons("undo", asked.interaction_id, [way, *act.split(":")])
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@undo.autocomplete("act")
async def acts(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The newest acts that nobody has undone; names in them are searched too."""
    guild, now = interaction.guild, interaction.created_at
    if guild is None or not interaction.permissions.manage_guild:
        return []

    def load(conn: Connection, guild_id: int) -> Iterator[tuple[str, str]]:
        known = currencies_of(conn, guild_id)
        for row in fetch(conn, "admin_log", "undoable", guild=guild_id, reach=REACH, limit=REACH):
            yield _choice_name(guild, row, known), row["act"]
        for choice in xp_undo.choices(conn, guild_id, now):
            yield choice.name, choice.value

    return await autocomplete.looked_up(interaction, current, ["admin_log"], load)


@confirmed("undo")
async def act_(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    way, act = cast(Way, sure.arguments[0]), ":".join(sure.arguments[1:])
    if way not in get_args(Way):
        return
    reason = sure.reason or NO_REASON

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def show(conn: Connection, recorded: list[Fact]) -> discord.Embed:
            facts = [f.event for f in recorded if isinstance(f.event, EconomyUndone)]
            done = events_of(conn, asked.guild_id, act)
            return _sheet(conn, done, facts, title="Undone", colour=look.GREEN)

        outcome = await services.work(
            handle,
            services.database,
            call,
            reads=READS,
            decide=lambda conn: decide_once(conn, asked, act, way, reason),
            show=show,
        )
        embed, position = outcome.shown, outcome.facts[0].position
        embed.set_footer(text=f"#{position} in this server's log")
        return Reply(embed, update=True, position=position, recorded=True)

    await answer(interaction, work, private=True)


def decide_once(
    conn: Connection, asked: Asked, act: str, way: Way, reason: str
) -> Sequence[EconomyUndone]:
    """What undoes ``act``; what an earlier click on the same preview recorded is not decided
    again. Raises Refused."""
    done = events_of(conn, asked.guild_id, act)
    before = [recorded(conn, asked.guild_id, f"{event.source_id}:undone") for event in done]
    mine = [
        fact
        for fact in before
        if isinstance(fact, EconomyUndone) and fact.interaction_id == asked.interaction_id
    ]
    return mine or _decide(conn, asked, _find(conn, asked.guild_id, act), way, reason)


def _find(conn: Connection, guild_id: int, act: str) -> Sequence[LedgerEvent]:
    """The events of an act that can still be undone. Raises Refused."""
    done = events_of(conn, guild_id, act)
    if not done:
        raise Refused("There is no such act. Pick one from the list.")
    undone = recorded(conn, guild_id, f"{done[0].source_id}:undone")
    if undone is not None:
        raise Refused(
            f"<@{undone.user_id}> undid that {look.ago(undone.occurred_at)}. "
            "An act is undone once; grant or take to change it again."
        )
    return done


def _decide(
    conn: Connection, asked: Asked, done: Sequence[LedgerEvent], way: Way, reason: str
) -> Sequence[EconomyUndone]:
    check_reason(reason, required=reason_required(conn, asked.guild_id))
    members = [member_id for member_id, _ in changes(done)]
    balances = balances_of(conn, asked.guild_id, members)
    known = currencies_of(conn, asked.guild_id)
    return decide_undo(asked, done, way, reason, balances=balances, known=known)


def _sheet(
    conn: Connection,
    done: Sequence[LedgerEvent],
    facts: Sequence[EconomyUndone],
    *,
    title: str,
    colour: discord.Colour = look.GOLD,
) -> discord.Embed:
    """What is undone, and who changes by how much."""
    first, known = done[0], currencies_of(conn, done[0].guild_id)
    by = f" by <@{first.user_id}>" if first.user_id else ""
    embed = look.note(
        f"**{TITLES[first.event_type]}**{by}, {look.ago(first.occurred_at)}",
        title=title,
        colour=colour,
    )
    embed.add_field(name="Reason", value=facts[0].reason)
    moved = changes(facts)
    embed.add_field(
        name=f"{look.count(len(moved), 'member')} changed",
        value=in_words(moved, known),
        inline=False,
    )
    skipped = sum(len(fact.skipped) for fact in facts)
    if skipped:
        embed.add_field(
            name="Left alone", value=f"{look.count(skipped, 'member')} who spent it", inline=False
        )
    return embed


def _choice_name(guild: discord.Guild, row: Row, known: Currencies) -> str:
    """An act as a line of plain text: what, how much, whose, when, why."""
    target = guild.get_member(row["target_id"]) if row["target_id"] else None
    whose = target.display_name if target else look.count(row["members"], "member")
    amounts = ", ".join(
        f"{'+' if amount >= 0 else MINUS}{known.of(currency).words(abs(amount))}"
        for currency, amount in row["amounts"].items()
    )
    parts = [f"{TITLES[row['event_type']]} {amounts}", whose]
    parts.append(f"{row['occurred_at']:%d %b %H:%M}")
    if row["reason"]:
        parts.append(row["reason"])
    return " \N{MIDDLE DOT} ".join(parts)


COMMANDS: Commands = [undo]
