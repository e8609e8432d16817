"""What the shop took and need not keep is destroyed, once a UTC day."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.economy.shop import GRACE
from bot.handle import is_recorded
from bot.schedule import Due, where_due
from events.decisions.takings import burn, burn_key
from events.engine.event import Event
from events.ledger import SHOP
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import fetch, fetch_one


def where(conn: Connection, now: datetime) -> Iterable[int]:
    """The guilds whose shop has something in its till that is to be burned today."""
    guilds = [row["guild_id"] for row in fetch(conn, "accounts", "shops_with_money")]
    return where_due(guilds, lambda guild_id: bool(_burning(conn, guild_id, now)))


def decide(conn: Connection, guild_id: int, now: datetime) -> Sequence[Event]:
    """Burn what is to be burned today."""
    return _burning(conn, guild_id, now)


def _burning(conn: Connection, guild_id: int, now: datetime) -> Sequence[Event]:
    """Each currency in the till by itself."""
    days = rules_now(conn, guild_id).number("shop_keep_days")
    moments = {"refundable": now - GRACE, "since": now - timedelta(days=days)}
    facts = []
    for row in fetch(conn, "accounts", "held", guild=guild_id, account=SHOP):
        currency = row["currency"]
        if is_recorded(conn, guild_id, burn_key(now, currency)):
            continue
        found = fetch_one(conn, "purchases", "kept", guild=guild_id, currency=currency, **moments)
        kept = int(found["coins"]) if found else 0
        facts.append(
            burn(guild_id, now, till=row["balance"], kept=kept, keep_days=days, currency=currency)
        )
    return [fact for fact in facts if fact is not None]


DUE = Due("takings", ("accounts", "purchases"), where, decide)
