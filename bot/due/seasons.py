"""Seasons roll over by themselves: each guild's newest season is looked at under its lock."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.schedule import Due
from events.decisions.seasons import Newest, roll
from events.engine.event import Event
from projections.engine.ruling import rules_now
from sql import lake
from sql.pool import Connection
from sql.reads import fetch_one

DIRECT_MESSAGES = 0


def where(conn: Connection, now: datetime) -> Iterable[int]:
    """Every guild: one that has no season yet has to get its first."""
    return [guild_id for guild_id in lake.heads(conn) if guild_id != DIRECT_MESSAGES]


def decide(conn: Connection, guild_id: int, now: datetime) -> Sequence[Event]:
    """Close what is over and open what follows."""
    row = fetch_one(conn, "seasons", "newest", guild=guild_id)
    newest = Newest(row["number"], row["ends_at"], is_open=row["ended_at"] is None) if row else None
    return roll(guild_id, newest, rules_now(conn, guild_id).number("season_months"), now)


DUE = Due("seasons", ("seasons",), where, decide)
