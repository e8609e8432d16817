"""A trade whose time is over is closed, and whatever was put up for it goes back."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.schedule import Due
from events.decisions.trades import Trade, expire
from events.engine.event import Event
from sql.pool import Connection
from sql.reads import fetch


def where(conn: Connection, now: datetime) -> Iterable[int]:
    """The guilds with such a trade."""
    return [row["guild_id"] for row in fetch(conn, "trades", "where_run_out", now=now)]


def decide(conn: Connection, guild_id: int, now: datetime) -> Sequence[Event]:
    """Close them all."""
    rows = fetch(conn, "trades", "run_out", guild=guild_id, now=now)
    return [expire(guild_id, Trade(**row)) for row in rows]


DUE = Due("trades", ("trades",), where, decide)
