"""``log verify``: walks a guild's chain and names every row that is not what it was.

What each fault looks like: *changed* content no longer fits its commitment; a *forged* commitment
no longer fits the digest; a *removed* row leaves a hole in the positions; an *inserted* or
*reordered* one carries a digest that does not follow from the row before it. After a break the
walk goes on from the digest that is stored, so that later faults are found as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import args_row

from events.engine import canonical
from events.engine.catalogue import StoredEvent
from sql.pool import Connection
from sql.statements import query

_FILE = "queries/lake.sql"
PAGE = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """One place at which a guild's log is not what was recorded."""

    guild_id: int
    position: int
    problem: str


@dataclass(frozen=True, slots=True)
class _Link:
    """A row (its payload None once it is erased) and its seal."""

    row: StoredEvent
    recorded_at: datetime
    salt: bytes | None
    commitment: bytes
    digest: bytes

    @classmethod
    def of(cls, *values: Any) -> "_Link":
        """The link in the columns of the query ``links``."""
        width = len(StoredEvent._fields)
        return cls(StoredEvent(*values[:width]), *values[width:])


def faults(conn: Connection, guild_id: int) -> Iterator[Fault]:
    """Every fault of one guild's log, in order of position; nothing when it is intact."""
    previous, expected = canonical.GENESIS, 1
    for link in _links(conn, guild_id):
        if link.row.position != expected:
            yield Fault(guild_id, expected, _missing(expected, link.row.position - 1))
        elif canonical.digest(previous, link.commitment) != link.digest:
            yield Fault(guild_id, link.row.position, "does not follow from the row before it")
        if not _fits(link):
            yield Fault(guild_id, link.row.position, "content was changed after it was recorded")
        previous, expected = link.digest, link.row.position + 1
    yield from _faults_at_the_end(conn, guild_id, expected - 1, previous)


def _faults_at_the_end(
    conn: Connection, guild_id: int, last: int, digest: bytes
) -> Iterator[Fault]:
    row = conn.execute(query(_FILE, "stream"), {"guild": guild_id}).fetchone()
    head, head_digest = (0, canonical.GENESIS) if row is None else row
    if head > last:
        yield Fault(guild_id, last + 1, _missing(last + 1, head))
    elif head < last:
        yield Fault(guild_id, head + 1, "stands after the head of the stream")
    elif digest != head_digest:
        yield Fault(guild_id, last, "is not the row that the stream's head was signed with")


def _missing(first: int, last: int) -> str:
    return "was removed" if first == last else f"and all up to {last} were removed"


def _links(conn: Connection, guild_id: int) -> Iterator[_Link]:
    after = 0
    while True:
        with conn.cursor(row_factory=args_row(_Link.of), binary=True) as cursor:
            page = cursor.execute(
                query(_FILE, "links"), {"guild": guild_id, "after": after, "limit": PAGE}
            ).fetchall()
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].row.position


def _fits(link: _Link) -> bool:
    """Whether the content still is what was committed to; an erased row is vouched for by the
    chain alone."""
    erased = link.row.payload is None
    if erased or link.salt is None:
        return erased and link.salt is None
    row = link.row._replace(payload=canonical.canonical_payload(link.row.payload))
    content = canonical.content(row, link.recorded_at)
    return canonical.commitment(link.salt, content) == link.commitment
