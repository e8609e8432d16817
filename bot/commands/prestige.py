"""``/prestige``: give up a level that is high enough and begin again; previewed, then done once."""

import dataclasses

from discord import app_commands

from bot import confirm, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.handle import Call, Fact, handle, look_up, recorded
from events.decisions.asked import Asked
from events.decisions.prestige import take_prestige
from events.prestige import PrestigeTaken
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import fetch_one

READS = ["profiles"]


@app_commands.command(name="prestige")
@app_commands.guild_only()
async def prestige(interaction: Interaction) -> None:
    """Begin again at level 0, with a prestige to show for it; your XP stays in all totals"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        fact = await services.work(
            look_up,
            services.database,
            asked.guild_id,
            reads=READS,
            show=lambda conn: _decide(conn, asked),
        )
        embed = look.note(
            f"You give up **level {fact.level}** and begin again at level 0, with **prestige "
            f"{fact.count}**. Your XP stays in all totals and boards; levels that you reach again "
            "bring no second reward.",
            title="Take the prestige?",
        )
        arguments = [str(asked.user_id), str(fact.count)]
        return Reply(
            embed, confirm.buttons("prestige", asked.interaction_id, arguments), private=True
        )

    await answer(interaction, work, private=True)


@confirmed("prestige", by_asker=True)
async def act(interaction: Interaction, sure: Confirmed) -> None:
    """The member has confirmed."""
    count = int(sure.arguments[1])

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> list[PrestigeTaken]:
            key = f"{asked.user_id}:{PrestigeTaken.event_type}:{count}"
            before = recorded(conn, asked.guild_id, key)
            return [before if isinstance(before, PrestigeTaken) else _decide(conn, asked)]

        done = await services.work(
            handle, services.database, call, reads=READS, decide=decide, show=_taken
        )
        position = done.facts[0].position
        embed = look.note(
            f"<@{asked.user_id}> begins again, with **prestige {done.shown.count}**.",
            title="Prestige",
            colour=look.GREEN,
        )
        embed.set_footer(text=f"#{position} in this server's log \N{MIDDLE DOT} /why tells of it")
        return Reply(embed, update=True, position=position, recorded=True)

    await answer(interaction, work, private=True)


def _decide(conn: Connection, asked: Asked) -> PrestigeTaken:
    row = fetch_one(conn, "profiles", "profile", guild=asked.guild_id, user=asked.user_id)
    needed = rules_now(conn, asked.guild_id).number("prestige_level")
    level, count = (row["level"], row["prestige"]) if row else (0, 0)
    return take_prestige(asked, level=level, count=count, needed=needed)


def _taken(conn: Connection, facts: list[Fact]) -> PrestigeTaken:
    fact = facts[0].event
    assert isinstance(fact, PrestigeTaken)
    return fact


COMMANDS: Commands = [prestige]
