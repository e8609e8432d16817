"""Where a member stands with the daily and weekly claims: read here, decided in events/decisions.

Everything that a claim's decision looks at comes from here, under the guild's lock.
"""

from datetime import datetime
from typing import Final

from bot.economy.holdings import coin_of
from events.claims import FREEZE_TOKEN
from events.decisions import locales, zones
from events.decisions.calendar import Claim, Move, Outage
from events.decisions.preferences import Preferences
from events.decisions.streaks import Standing, day_of, monday_of
from events.engine.snowflake import from_ms, to_ms
from events.gaps import FORGIVES_MS
from events.ledger import COINS, wallet
from sql.pool import Connection
from sql.reads import Row, fetch, fetch_one

READS: Final = ["accounts", "gaps", "preferences", "streaks"]
"""The read models that :func:`standing` looks at."""


def zone_of(conn: Connection, guild_id: int, user_id: int) -> str:
    """The time zone that a member lives by."""
    return preferences_of(conn, guild_id, user_id).zone


def preferences_of(conn: Connection, guild_id: int, user_id: int) -> Preferences:
    """What a member prefers."""
    row = fetch_one(conn, "preferences", "preference", guild=guild_id, user=user_id)
    if row is None:
        return Preferences()
    return Preferences(
        row["zone"] or zones.DEFAULT,
        row["notices"] or {},
        row["hidden"],
        row["github"],
        row["locale"] or locales.DEFAULT,
    )


def streaks_of(conn: Connection, guild_id: int, user_id: int) -> Row | None:
    """A member's row of the streaks; None before the first claim."""
    return fetch_one(conn, "streaks", "of_member", guild=guild_id, user=user_id)


def standing(conn: Connection, guild_id: int, user_id: int, now: datetime) -> Standing:
    """Everything that decides a claim of this member at ``now``."""
    row = streaks_of(conn, guild_id, user_id)
    daily, weekly = (_daily(row), _weekly(row)) if row else (None, None)
    lasts = [claim.at for claim in (daily, weekly) if claim]
    return Standing(
        zone=zone_of(conn, guild_id, user_id),
        daily=daily,
        weekly=weekly,
        moves_since_daily=_moves(conn, guild_id, user_id, row["daily_position"]) if row else (),
        moves_since_weekly=_moves(conn, guild_id, user_id, row["weekly_position"]) if row else (),
        outages=_outages(conn, guild_id, min(lasts), now) if lasts else (),
        tokens=carried(conn, guild_id, user_id, FREEZE_TOKEN),
        balance=carried(conn, guild_id, user_id, COINS),
        coin=coin_of(conn, guild_id),
    )


def carried(conn: Connection, guild_id: int, user_id: int, currency: str) -> int:
    """What a member's wallet holds of a currency now."""
    row = fetch_one(
        conn, "accounts", "balance", guild=guild_id, account=wallet(user_id), currency=currency
    )
    return row["balance"] if row else 0


def _daily(row: Row) -> Claim | None:
    if row["daily_at"] is None:
        return None
    return Claim(day_of(row["daily_day"]), row["daily_at"], row["daily_zone"], row["daily"])


def _weekly(row: Row) -> Claim | None:
    if row["weekly_at"] is None:
        return None
    monday = monday_of(row["weekly_week"])
    return Claim(monday, row["weekly_at"], row["weekly_zone"], row["weekly"])


def _moves(conn: Connection, guild_id: int, user_id: int, after: int) -> list[Move]:
    found = fetch(conn, "preferences", "moves", guild=guild_id, user=user_id, after=after)
    return [Move(row["zone"], row["since"]) for row in found]


def _outages(conn: Connection, guild_id: int, start: datetime, end: datetime) -> list[Outage]:
    """The gaps that forgive and touch the time between two instants, cut to it."""
    first, last = to_ms(start), to_ms(end)
    span = {"start": first, "end": last, "least": FORGIVES_MS}
    found = fetch(conn, "gaps", "between", guild=guild_id, **span)
    return [
        Outage(from_ms(max(first, row["began_ms"])), from_ms(min(last, row["ended_ms"])))
        for row in found
    ]
