"""Short ways to have seasons roll over on a real database, and to look at what came of it."""

from datetime import UTC, datetime
from typing import Any

from bot import schedule
from bot.due import seasons
from bot.handle import Fact
from events.engine.event import Event
from projections.engine import worker
from sql import lake
from sql.pool import Database
from sql.reads import Row, fetch
from tests.support.facts import GUILD, START, message


def utc(*fields: int) -> datetime:
    """A moment by year, month, day and so on."""
    made: Any = datetime
    moment: datetime = made(*fields, tzinfo=UTC)
    return moment


def write(database: Database, *events: Event) -> None:
    """Record events of the tests' guild, or of others."""
    with database.transaction(*{e.guild_id for e in events}) as conn:
        lake.append(conn, events)


def roll_over(database: Database, now: datetime) -> list[Fact]:
    """The scheduler looks whether a season is due, in every guild."""
    return schedule.run_due(database, now, [seasons.DUE])


def seasons_of(database: Database, guild: int = GUILD) -> list[Row]:
    """A guild's seasons, oldest first."""
    worker.drain(database)
    with database.transaction(guild) as conn:
        return fetch(conn, "seasons", "list", guild=guild, limit=10_000, offset=0)[::-1]


def season_messages(*members: int, first: int, at: datetime, guild: int = GUILD) -> list[Event]:
    """Members who talk: the first one most, each a minute apart, so that every message counts."""
    start = (at - START).total_seconds()
    return [
        message(first + 100 * place + n, user=member, guild=guild, seconds=start + 60 * n)
        for place, member in enumerate(members)
        for n in range(len(members) - place)
    ]
