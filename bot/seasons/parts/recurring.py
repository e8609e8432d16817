"""``/season repeat``, ``/season calendar``: how seasons follow one another, and by which clock."""

import dataclasses
from collections.abc import Sequence
from typing import cast, get_args

from discord import app_commands

from bot import confirm, look
from bot.answer import Interaction, Reply, Services, answer
from bot.commands.timezone import matching
from bot.confirm import Confirmed, confirmed
from bot.handle import Call
from bot.seasons import desk as season_desk
from bot.seasons import outlook as season_outlook
from bot.seasons.desk import mine
from bot.seasons.outlook import EVERY
from bot.seasons.parts import season
from events.decisions import season_admin
from events.decisions.asked import Asked
from events.decisions.season_admin import WEEKDAYS
from events.decisions.season_plan import MAX_DAYS, Calendar, Recurrence, Seasons
from events.engine.event import Event
from events.seasons import Every
from sql.pool import Connection

NO_DAYS = "none"
_WRITTEN = (("/", "__"), ("+", "--"))
"""How a zone's name is written in a button, which takes neither slash nor plus."""


@season.command(name="repeat")
@app_commands.describe(
    every="When a season ends and the next one begins", days="How many, for so many days"
)
@app_commands.choices(
    every=[app_commands.Choice(name=title, value=key) for key, title in EVERY.items()]
)
async def repeat(
    interaction: Interaction, every: str, days: app_commands.Range[int, 1, MAX_DAYS] | None = None
) -> None:
    """How seasons follow one another from now on (admins)"""

    async def work(services: Services, call: Call) -> Reply:
        found = await season_desk.found(services, call.asked)
        revision = found.recurrence.revision
        how = cast(Every, every)
        season_admin.set_recurrence(call.asked, found, how, days, based_on=revision)
        wanted = Recurrence(how, days or 0)
        arguments = [every, NO_DAYS if days is None else str(days), str(revision)]
        title = f"Have seasons follow one another {season_outlook.recurs(wanted)}?"
        changed = dataclasses.replace(found, recurrence=wanted)
        return _preview(call.asked, "seasonrepeat", arguments, changed, title)

    await season_desk.for_admins(interaction, work)


@confirmed("seasonrepeat")
async def sure_repeated(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    every, shown, revision = sure.arguments
    if every not in get_args(Every):
        return
    days = None if shown == NO_DAYS else int(shown)

    def decide(conn: Connection, asked: Asked, found: Seasons) -> Sequence[Event]:
        base = int(revision)
        return mine(conn, asked, season_admin.recurrence_key(base + 1)) or (
            season_admin.set_recurrence(asked, found, cast(Every, every), days, based_on=base)
        )

    await _act(interaction, sure, decide)


@season.command(name="calendar")
@app_commands.describe(
    zone="Type the nearest big city and pick from the list", week="On which day a week begins"
)
@app_commands.choices(
    week=[app_commands.Choice(name=day, value=number) for number, day in enumerate(WEEKDAYS)]
)
async def calendar(
    interaction: Interaction,
    zone: app_commands.Range[str, 1, 60] | None = None,
    week: int | None = None,
) -> None:
    """By which clock this server's days, weeks and seasons begin (admins)"""

    async def work(services: Services, call: Call) -> Reply:
        found = await season_desk.found(services, call.asked)
        before = found.calendar
        fact = season_admin.set_calendar(
            call.asked,
            found,
            before.zone if zone is None else zone,
            before.week_start if week is None else week,
            based_on=before.revision,
        )
        arguments = [_written(fact.zone), str(fact.week_start), str(before.revision)]
        changed = dataclasses.replace(found, calendar=Calendar(fact.zone, fact.week_start))
        return _preview(call.asked, "seasonclock", arguments, changed, "Live by this calendar?")

    await season_desk.for_admins(interaction, work)


calendar.autocomplete("zone")(matching)


@confirmed("seasonclock")
async def sure_set(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    zone, week_start, revision = sure.arguments

    def decide(conn: Connection, asked: Asked, found: Seasons) -> Sequence[Event]:
        base = int(revision)
        return mine(conn, asked, season_admin.calendar_key(base + 1)) or [
            season_admin.set_calendar(asked, found, _read(zone), int(week_start), based_on=base)
        ]

    await _act(interaction, sure, decide)


def _preview(asked: Asked, what: str, arguments: list[str], changed: Seasons, title: str) -> Reply:
    embed = look.note("", title=title)
    season_outlook.outlook(embed, changed, season_desk.now_of(changed, asked))
    embed.set_footer(text="The season that is running keeps its end; days counted stay counted")
    return Reply(embed, confirm.buttons(what, asked.interaction_id, arguments), private=True)


async def _act(interaction: Interaction, sure: Confirmed, decide: season_desk.DecideAsked) -> None:
    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)
        reply = await season_desk.done(
            services, call, lambda conn, found: decide(conn, asked, found), "Changed"
        )
        return dataclasses.replace(reply, update=True)

    await answer(interaction, work, private=True)


def _written(zone: str) -> str:
    for sign, instead in _WRITTEN:
        zone = zone.replace(sign, instead)
    return zone


def _read(written: str) -> str:
    for sign, instead in _WRITTEN:
        written = written.replace(instead, sign)
    return written
