"""``/season end``: close the running season before its time, or take a planned one back."""

import dataclasses
from collections.abc import Sequence

import discord
from discord import app_commands

from bot import confirm, look
from bot.answer import Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.economy.holdings import coin_of
from bot.handle import Call, look_up
from bot.seasons import desk as season_desk
from bot.seasons import outlook as season_outlook
from bot.seasons import reading as seasons
from bot.seasons.desk import RUNNING
from bot.seasons.parts import season
from bot.seasons.parts.planning import which_ones
from bot.seasons.preview import told
from events.decisions import season_admin
from events.decisions.season_plan import Seasons
from events.engine.event import Event
from sql.pool import Connection


@season.command(name="end")
@app_commands.describe(which="The running season if you leave it out, or a planned one")
async def end(interaction: Interaction, which: app_commands.Range[str, 1, 20] = RUNNING) -> None:
    """Close the running season now, or take a planned one back (admins)"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        await season_desk.up_to_date(services, asked)

        def load(conn: Connection) -> tuple[discord.Embed, list[str]]:
            found = seasons.state(conn, asked.guild_id)
            if which != RUNNING:
                plan_id = season_desk.plan_id(which)
                plan = season_admin.planned(found, plan_id)
                name = discord.utils.escape_markdown(plan.name)
                span = look.span(plan.starts_at, plan.ends_at)
                embed = look.note(f"**{name}** {span}", title="Take this plan back?")
                return embed, ["plan", str(plan_id)]
            number = season_desk.running(found).number
            facts = seasons.end(conn, asked, number)
            embed = season_outlook.would_end(told(facts), coin_of(conn, asked.guild_id))
            return embed, [RUNNING, str(number)]

        embed, arguments = await services.work(
            look_up, services.database, asked.guild_id, reads=seasons.READS, show=load
        )
        view = confirm.buttons("seasonend", asked.interaction_id, arguments)
        return Reply(embed, view, private=True)

    await season_desk.for_admins(interaction, work)


end.autocomplete("which")(which_ones)


@confirmed("seasonend")
async def sure_ended(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    kind, number = sure.arguments[0], int(sure.arguments[1])

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def decide(conn: Connection, found: Seasons) -> Sequence[Event]:
            if kind == RUNNING:
                return seasons.end(conn, asked, number)
            return [season_admin.cancel_plan(asked, found, number)]

        title = "Season closed" if kind == RUNNING else "Plan taken back"
        reply = await season_desk.done(services, call, decide, title)
        return dataclasses.replace(reply, update=True)

    await answer(interaction, work, private=True)
