"""Wagers that nobody answered end by themselves. Nothing had moved, so nothing goes back."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.schedule import Due
from events.decisions.wagers import Offer, expire
from events.engine.event import Event
from sql.pool import Connection
from sql.reads import fetch


def where(conn: Connection, now: datetime) -> Iterable[int]:
    """The guilds with an open wager whose time is up."""
    return [row["guild_id"] for row in fetch(conn, "wagers", "overdue_guilds", now=now)]


def decide(conn: Connection, guild_id: int, now: datetime) -> Sequence[Event]:
    """Each of them ends."""
    rows = fetch(conn, "wagers", "overdue", guild=guild_id, now=now)
    return [expire(Offer(guild_id=guild_id, **row)) for row in rows]


DUE = Due("wagers", ("wagers",), where, decide)
