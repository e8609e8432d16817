"""``/season create``, ``/season edit``: what is to come, and the season that is running."""

from collections.abc import Iterator
from datetime import date

from discord import app_commands

from bot import autocomplete
from bot.answer import Interaction, Reply, Services
from bot.handle import Call
from bot.points.periods import typed
from bot.seasons import desk as season_desk
from bot.seasons import reading as seasons
from bot.seasons.desk import RUNNING
from bot.seasons.parts import season
from events.decisions import season_admin
from events.decisions.season_admin import MAX_NAME
from events.decisions.season_plan import Seasons
from events.engine.errors import Refused
from events.engine.event import Event
from sql.pool import Connection

Name = app_commands.Range[str, 1, MAX_NAME]
Day = app_commands.Range[str, 1, 10]
Choices = list[app_commands.Choice[str]]


@season.command(name="create")
@app_commands.describe(
    name="What the season is called",
    last_day="The last day of it, as 2026-07-31",
    first_day="The first day of it; it begins now if you leave it out",
)
async def create(
    interaction: Interaction, name: Name, last_day: Day, first_day: Day | None = None
) -> None:
    """Begin a season of its own, or plan one (admins)"""

    async def work(services: Services, call: Call) -> Reply:
        first, last = _day(first_day), typed(last_day)

        def decide(conn: Connection, found: Seasons) -> list[Event]:
            return [season_admin.create(call.asked, found, name, first, last)]

        title = "Season begun" if first is None else "Season planned"
        return await season_desk.done(services, call, decide, title)

    await season_desk.for_admins(interaction, work)


@season.command(name="edit")
@app_commands.describe(
    which="The running season if you leave it out, or a planned one",
    name="Another name",
    last_day="Another last day, as 2026-07-31",
    first_day="Another first day of one that is planned",
)
async def edit(
    interaction: Interaction,
    which: app_commands.Range[str, 1, 20] = RUNNING,
    name: Name | None = None,
    last_day: Day | None = None,
    first_day: Day | None = None,
) -> None:
    """Give the running season, or a planned one, another name or other days (admins)"""

    async def work(services: Services, call: Call) -> Reply:
        asked, first, last = call.asked, _day(first_day), _day(last_day)

        def decide(conn: Connection, found: Seasons) -> list[Event]:
            if which != RUNNING:
                plan_id = season_desk.plan_id(which)
                return [season_admin.edit_plan(asked, found, plan_id, name, first, last)]
            if first is not None:
                raise Refused("The running season has begun already. Leave the first day out.")
            number = season_desk.running(found).number
            return [season_admin.edit_running(asked, found, number, name, last)]

        return await season_desk.done(services, call, decide, "Season changed")

    await season_desk.for_admins(interaction, work)


@edit.autocomplete("which")
async def which_ones(interaction: Interaction, current: str) -> Choices:
    """The running season and the planned ones."""
    return await autocomplete.looked_up(interaction, current, season_desk.READS, _to_come)


def _to_come(conn: Connection, guild_id: int) -> Iterator[tuple[str, str]]:
    found = seasons.state(conn, guild_id)
    if found.running:
        yield found.running.name, RUNNING
    for plan in found.plans:
        yield f"{plan.name} (planned)", str(plan.plan_id)


def _day(text: str | None) -> date | None:
    return None if text is None else typed(text)
