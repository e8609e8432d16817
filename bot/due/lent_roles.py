"""A role that was lent for a time is to be taken back when that is over."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.schedule import Due
from events.decisions.roles import Loan, expire
from events.engine.event import Event
from events.engine.snowflake import to_ms
from sql.pool import Connection
from sql.reads import fetch


def where(conn: Connection, now: datetime) -> Iterable[int]:
    """The guilds with such a loan."""
    return [r["guild_id"] for r in fetch(conn, "lent_roles", "where_due", now_ms=to_ms(now))]


def decide(conn: Connection, guild_id: int, now: datetime) -> Sequence[Event]:
    """All that are over."""
    rows = fetch(conn, "lent_roles", "due", guild=guild_id, now_ms=to_ms(now))
    return expire(guild_id, [Loan(**row) for row in rows], now)


DUE = Due("lent_roles", ("lent_roles",), where, decide)
