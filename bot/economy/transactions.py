"""What moved on a member's own accounts: a page of it, and all of it as a CSV file."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from events.ledger import bank, wallet
from projections.accounts import LEDGER_EVENTS
from sql.pool import Connection
from sql.reads import fetch, fetch_one

KINDS: Final = frozenset(cls.event_type for cls in LEDGER_EVENTS)
"""Every kind of event that moves money or things."""
MOST: Final = 50_000
"""Lines in one file: about five megabytes, half of what Discord takes."""
HEADING: Final = (
    "position",
    "line",
    "time",
    "kind",
    "account",
    "currency",
    "amount",
    "balance",
    "counterpart",
)


@dataclass(frozen=True, slots=True)
class Moved:
    """One posting: what came or went, when and why, and what the account held after it."""

    position: int
    line: int
    kind: str
    account: str
    currency: str
    amount: int
    balance: int
    counterpart_id: int | None
    occurred_at: datetime

    @property
    def place(self) -> str:
        """``wallet`` or ``bank``."""
        return self.account.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose transactions, of which kind and in which currency (None: all of them)."""

    user_id: int
    kind: str | None = None
    currency: str | None = None


def page(
    conn: Connection, guild_id: int, wanted: Wanted, *, limit: int, offset: int = 0
) -> list[Moved]:
    """Some of a member's postings, newest first."""
    where = {"limit": limit, "offset": offset, **_where(guild_id, wanted)}
    return [Moved(**row) for row in fetch(conn, "accounts", "transactions", **where)]


def count(conn: Connection, guild_id: int, wanted: Wanted) -> int:
    """How many postings there are in all."""
    row = fetch_one(conn, "accounts", "transaction_count", **_where(guild_id, wanted))
    return row["postings"] if row else 0


def _where(guild_id: int, wanted: Wanted) -> dict[str, int | str | None]:
    own = {"wallet": wallet(wanted.user_id), "bank": bank(wanted.user_id)}
    what = {"kind": wanted.kind, "currency": wanted.currency}
    return {"guild": guild_id, "user": wanted.user_id, **what, **own}


def as_csv(moves: Sequence[Moved], called: Callable[[str], str]) -> bytes:
    """The postings as a table that any spreadsheet reads; times are in UTC, and currencies are as
    ``called`` says."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADING)
    for m in moves:
        when = m.occurred_at.astimezone(UTC).isoformat(timespec="milliseconds")
        other = "" if m.counterpart_id is None else m.counterpart_id
        what = called(m.currency)
        writer.writerow(
            (m.position, m.line, when, m.kind, m.place, what, m.amount, m.balance, other)
        )
    return text.getvalue().encode()
