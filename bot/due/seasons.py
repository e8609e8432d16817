"""Seasons roll over by themselves: each guild's newest season is looked at under its lock."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.schedule import Due
from bot.seasons import reading as seasons
from events.engine.event import Event
from sql.pool import Connection
from sql.reads import fetch


def where(conn: Connection, now: datetime) -> Iterable[int]:
    """The guilds in which a season is over or is to begin, and those that never had one."""
    return [row["guild_id"] for row in fetch(conn, "seasons", "where_due", now=now)]


def decide(conn: Connection, guild_id: int, now: datetime) -> Sequence[Event]:
    """Close what is over and open what follows: one rollover, the next one is decided again."""
    return seasons.roll(conn, guild_id, now)


DUE = Due("seasons", tuple(seasons.READS), where, decide, again=True)
