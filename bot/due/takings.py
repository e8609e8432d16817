"""What the shop took and need not keep is destroyed, once a UTC day."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.handle import recorded
from bot.holdings import balance_of
from bot.schedule import Due
from bot.shop import GRACE
from events.decisions.takings import burn, burn_key
from events.engine.event import Event
from events.ledger import SHOP
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import fetch, fetch_one


def where(conn: Connection, now: datetime) -> Iterable[int]:
    """The guilds whose shop has something in its till and has burned nothing today."""
    guilds = [row["guild_id"] for row in fetch(conn, "accounts", "shops_with_coins")]
    return [guild_id for guild_id in guilds if _burning(conn, guild_id, now)]


def decide(conn: Connection, guild_id: int, now: datetime) -> Sequence[Event]:
    """Burn what is to be burned today."""
    return _burning(conn, guild_id, now)


def _burning(conn: Connection, guild_id: int, now: datetime) -> Sequence[Event]:
    if recorded(conn, guild_id, burn_key(now)) is not None:
        return []
    days = rules_now(conn, guild_id).number("shop_keep_days")
    refundable, since = now - GRACE, now - timedelta(days=days)
    kept = fetch_one(
        conn, "purchases", "kept", guild=guild_id, refundable=refundable, since=since
    ) or {"coins": 0}
    till = balance_of(conn, guild_id, SHOP)
    fact = burn(guild_id, now, till=till, kept=int(kept["coins"]), keep_days=days)
    return [] if fact is None else [fact]


DUE = Due("takings", ("accounts", "purchases"), where, decide)
