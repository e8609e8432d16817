"""``/undo`` for a run of XP decay: previewed, then everybody gets back what it took, once."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import discord
from discord import app_commands

from bot import confirm, look
from bot.answer import Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.handle import Call, Fact, handle, look_up
from bot.points import xp_decay
from events.xp_decay import XpRestored, XpShares
from sql.pool import Connection

READS: Final = ["profiles", "settings"]
MOST: Final = 12
"""Members who are shown one by one."""
NO_REASON: Final = "No reason given"


async def ask(interaction: Interaction, act: str, reason: str) -> None:
    """Show what would be given back, and ask."""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        facts = await services.work(
            look_up,
            services.database,
            asked.guild_id,
            reads=READS,
            show=lambda conn: xp_decay.undo(conn, asked, act, reason),
        )
        embed = sheet(facts, "Undo: please confirm", look.GOLD)
        view = confirm.buttons("undoxp", asked.interaction_id, act.split(":"))
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@confirmed("undoxp")
async def act_(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    act = ":".join(sure.arguments)
    reason = (sure.preview.fields[0].value if sure.preview else None) or NO_REASON

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def show(conn: Connection, facts: list[Fact]) -> discord.Embed:
            done = [fact.event for fact in facts if isinstance(fact.event, XpRestored)]
            return sheet(done, "Undone", look.GREEN)

        outcome = await services.work(
            handle,
            services.database,
            call,
            reads=READS,
            decide=lambda conn: xp_decay.undo(conn, asked, act, reason),
            show=show,
        )
        embed, position = outcome.shown, outcome.facts[0].position
        embed.set_footer(text=f"#{position} in this server's log")
        return Reply(embed, update=True, position=position, recorded=True)

    await answer(interaction, work, private=True)


def sheet(facts: Sequence[XpRestored], title: str, colour: discord.Colour) -> discord.Embed:
    """Who gets back how much."""
    embed = look.note("**XP decay** of members who were away", title=title, colour=colour)
    embed.add_field(name="Reason", value=facts[0].reason)
    members = sum(len(fact.shares) for fact in facts)
    embed.add_field(
        name=f"{look.count(members, 'member')} changed", value=in_words(facts, +1), inline=False
    )
    return embed


def in_words(facts: Sequence[XpShares], sign: int) -> str:
    """A line for each of those who lose or get back most, and how many there are beyond."""
    shares = sorted(
        (share for fact in facts for share in fact.shares), key=lambda s: (-s.xp, s.user_id)
    )
    lines = [f"<@{s.user_id}> **{look.signed(sign * s.xp)} XP**" for s in shares[:MOST]]
    if len(shares) > MOST:
        lines.append(f"and {look.count(len(shares) - MOST, 'member')} more")
    return "\n".join(lines) or "Nobody's."


def choices(conn: Connection, guild_id: int, now: datetime) -> list[app_commands.Choice[Any]]:
    """The runs that nobody has undone, as ``/undo`` offers them."""
    return [
        app_commands.Choice(
            name=f"XP decay \N{MINUS SIGN}{run.taken:,} \N{MIDDLE DOT} "
            f"{look.count(run.members, 'member')} \N{MIDDLE DOT} {run.at:%d %b %H:%M}",
            value=run.act,
        )
        for run in xp_decay.runs(conn, guild_id, now)
        if not run.undone
    ]
