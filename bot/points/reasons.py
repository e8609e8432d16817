"""Reasons: which facts and factors made a member's number. For ``/why`` and ``bot why``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from events.engine.snowflake import from_ms
from events.ledger import COINS, wallet
from sql.pool import Connection
from sql.reads import Row, fetch, fetch_one

NUMBERS: Final = {"xp": "XP", "stars": "Stars", "coins": "Coins"}
"""What can be explained."""
READS: Final = ("accounts", "gaps", "profiles")
"""The read models that :func:`explain` looks at."""
MOST_UNPAID: Final = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that moved the number by ``amount``; ``position`` is its place in the log."""

    position: int
    source: str
    amount: int
    occurred_at: datetime
    channel_id: int | None
    number: str
    factors: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Total:
    """What one source gave in all, over how many facts."""

    source: str
    facts: int
    amount: int


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A stay in voice that was last seen at ``left``, and when the bot was blind after that."""

    channel_id: int | None
    left: datetime
    began: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class Explanation:
    """The number shown, what each source gave, and a page of the facts, newest first; and voice
    that gave nothing because nobody saw it, the newest.

    ``sum(t.amount for t in totals) == number``, always: they are written in one transaction.
    """

    number: int
    totals: list[Total]
    facts: int
    page: list[Reason]
    unpaid: Sequence[Unpaid] = ()


def explain(
    conn: Connection,
    guild_id: int,
    user_id: int,
    number: str,
    *,
    currency: str = COINS,
    limit: int,
    offset: int = 0,
) -> Explanation:
    """Explain ``number`` (a key of NUMBERS) of one member, or another ``currency`` in place of the
    coins. Raises KeyError for another key."""
    if number not in NUMBERS:
        raise KeyError(number)
    where = {"guild": guild_id, "user": user_id}
    slice_ = {"limit": limit, "offset": offset}
    if number == "coins":
        account = {"account": wallet(user_id), "currency": currency}
        totals = fetch(conn, "accounts", "reason_totals", **where, **account)
        page = fetch(conn, "accounts", "reasons", **where, **slice_, **account)
        held = fetch_one(conn, "accounts", "balance", guild=guild_id, **account)
        return Explanation(
            held["balance"] if held else 0,
            [Total(t["source"], t["postings"], t["amount"]) for t in totals],
            sum(t["postings"] for t in totals),
            [_posting(row) for row in page],
        )
    totals = fetch(conn, "profiles", "reason_totals", **where)
    page = fetch(conn, "profiles", "reasons", **where, **slice_)
    profile = fetch_one(conn, "profiles", "profile", **where)
    return Explanation(
        profile[number] if profile else 0,
        [Total(t["source"], t["awards"], t[number]) for t in totals],
        sum(t["awards"] for t in totals),
        [_award(row, number) for row in page],
        [_unpaid(row) for row in fetch(conn, "gaps", "unpaid", **where, limit=MOST_UNPAID)],
    )


def _unpaid(row: Row) -> Unpaid:
    left, began, ended = (from_ms(row[name]) for name in ("left_ms", "began_ms", "ended_ms"))
    return Unpaid(row["channel_id"], left, began, ended)


def _award(row: Row, number: str) -> Reason:
    return Reason(
        row["position"],
        row["source"],
        row[number],
        row["occurred_at"],
        row["channel_id"],
        number,
        row["factors"],
    )


def _posting(row: Row) -> Reason:
    factors = {"with": row["counterpart_id"], "balance": row["balance"]}
    return Reason(
        row["position"], row["source"], row["amount"], row["occurred_at"], None, "coins", factors
    )
