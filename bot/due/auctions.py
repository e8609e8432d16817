"""An auction whose time is over is settled: sold to the highest bid, or back to the seller."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.schedule import Due
from events.decisions.auctions import Auction, end
from events.engine.event import Event
from sql.pool import Connection
from sql.reads import fetch


def where(conn: Connection, now: datetime) -> Iterable[int]:
    """The guilds with such an auction."""
    return [row["guild_id"] for row in fetch(conn, "auctions", "where_run_out", now=now)]


def decide(conn: Connection, guild_id: int, now: datetime) -> Sequence[Event]:
    """Settle them all."""
    rows = fetch(conn, "auctions", "run_out", guild=guild_id, now=now)
    return [end(guild_id, Auction(**row)) for row in rows]


DUE = Due("auctions", ("auctions",), where, decide)
