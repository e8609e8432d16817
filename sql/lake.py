"""The event lake: append with deduplication and a digest chain, and read in order.

Whoever appends to a guild holds that guild's row in ``streams`` until the end of the transaction,
so positions are contiguous and order is commit order. :func:`append` looks up, after the lock,
what is already there. :func:`record`, which has the transaction to itself, is optimistic: rows are
written straight away and the unique key on the source id is the check; only when the database
answers that one was there already does it start again with a look.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import args_row

from events.engine import canonical
from events.engine.catalogue import StoredEvent, decode
from events.engine.event import Event
from sql.arrays import array
from sql.pool import Connection, Database
from sql.seal import Salt, Stream, sealed
from sql.statements import query

_FILE = "queries/lake.sql"
NO_LIMIT = 2**63 - 1
FEW = 8
"""So many events are a small transaction, whatever is in them (see ``seal.MAX_PAYLOAD``)."""


@dataclass(frozen=True, slots=True)
class Appended:
    """The event is new and stands at ``position``."""

    position: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The same fact was already recorded at ``position``. A success."""

    position: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another fact stands at ``position`` under the same source id. Nothing was written."""

    position: int


Result = Appended | Duplicate | Conflict


def lock(conn: Connection, guilds: Iterable[int]) -> dict[int, Stream]:
    """Take the streams of ``guilds``, made if need be, until the end of the transaction."""
    wanted = sorted(set(guilds))
    parameters = {"guilds": array("bigint", wanted)}
    rows = conn.execute(query(_FILE, "lock_streams"), parameters).fetchall()
    if len(rows) < len(wanted):
        conn.execute(query(_FILE, "open_streams"), parameters)
        rows = conn.execute(query(_FILE, "lock_streams"), parameters).fetchall()
    return {guild: Stream(head, digest, at) for guild, head, digest, at in rows}


def append(conn: Connection, events: Sequence[Event], *, salt: Salt = os.urandom) -> list[Result]:
    """Append ``events`` in order, each once; the results are in the same order.

    The transaction of ``conn`` must have the guilds of all events as tenants.
    """
    if not events:
        return []
    streams = lock(conn, (e.guild_id for e in events))
    return _put(conn, events, _stored(conn, events), streams, salt)


def record(
    database: Database,
    events: Sequence[Event],
    *,
    look_first: bool = False,
    salt: Salt = os.urandom,
) -> list[Result]:
    """Append ``events`` as :func:`append` does, in a transaction of their own.

    ``look_first`` skips the optimistic try: for batches that are probably known already.
    """
    guilds = {e.guild_id for e in events}
    if not look_first:
        with (
            suppress(psycopg.errors.UniqueViolation),
            database.transaction(*guilds, small=len(events) <= FEW) as conn,
        ):
            return _put(conn, events, {}, lock(conn, guilds), salt)
    with database.transaction(*guilds) as conn:
        return append(conn, events, salt=salt)


def _put(
    conn: Connection,
    events: Sequence[Event],
    known: dict[tuple[int, str], StoredEvent],
    streams: dict[int, Stream],
    salt: Salt,
) -> list[Result]:
    results, fresh = _classify(events, known, streams)
    if fresh:
        conn.execute(query(_FILE, "append"), sealed(fresh, streams, salt))
    return results


def _stored(conn: Connection, events: Sequence[Event]) -> dict[tuple[int, str], StoredEvent]:
    if len(events) == 1:
        row = stored_under(conn, events[0].guild_id, events[0].source_id)
        return {} if row is None else {(row.guild_id, row.source_id): row}
    parameters = {
        "guilds": array("bigint", [e.guild_id for e in events]),
        "source_ids": array("text", [e.source_id for e in events]),
    }
    rows = _rows(conn, "stored_under_all", parameters, prepare=False)
    return {(row.guild_id, row.source_id): row for row in rows}


def _classify(
    events: Sequence[Event],
    known: dict[tuple[int, str], StoredEvent],
    streams: dict[int, Stream],
) -> tuple[list[Result], list[tuple[int, Event]]]:
    """A result for each event and, in order, the new ones with their positions."""
    heads = {guild: stream.head for guild, stream in streams.items()}
    results: list[Result] = []
    fresh: list[tuple[int, Event]] = []
    seen: dict[tuple[int, str], tuple[int, Event]] = {}
    for event in events:
        key = (event.guild_id, event.source_id)
        if (row := known.get(key)) is not None:
            results.append(_compare(event, decode(row), row.position))
        elif (earlier := seen.get(key)) is not None:
            results.append(_compare(event, earlier[1], earlier[0]))
        else:
            heads[event.guild_id] = position = heads[event.guild_id] + 1
            seen[key] = (position, event)
            fresh.append((position, event))
            results.append(Appended(position))
    return results, fresh


def _compare(event: Event, other: Event, position: int) -> Result:
    return Duplicate(position) if canonical.same_fact(event, other) else Conflict(position)


def _rows(
    conn: Connection, name: str, parameters: dict[str, Any], *, prepare: bool | None = None
) -> list[StoredEvent]:
    """The rows of a named read. ``prepare=False`` has it planned each time with its values: the
    plan of a prepared one, made while the lake was small, would scan it for as long as it grows.
    """
    with conn.cursor(row_factory=args_row(StoredEvent), binary=True) as cursor:
        return cursor.execute(query(_FILE, name), parameters, prepare=prepare).fetchall()


def read(
    conn: Connection, guild_id: int, after: int, limit: int, up_to: int = NO_LIMIT
) -> list[StoredEvent]:
    """At most ``limit`` events of the guild at positions over ``after``, up to ``up_to``."""
    return _rows(conn, "read", {"guild": guild_id, "after": after, "limit": limit, "up_to": up_to})


def with_prefix(
    conn: Connection, guild_id: int, prefix: str, up_to: int | None = None
) -> list[StoredEvent]:
    """The guild's events whose source id begins with ``prefix``, in order of position."""
    parameters = {
        "guild": guild_id,
        "prefix": prefix,
        "beyond": prefix + "\U0010ffff",
        "up_to": NO_LIMIT if up_to is None else up_to,
    }
    return _rows(conn, "with_prefix", parameters, prepare=False)


def named_in(
    conn: Connection, guild_id: int, after: int, up_to: int, types: Sequence[str]
) -> set[int]:
    """The members whom events of these ``types`` name, after a position and up to another."""
    parameters = {"guild": guild_id, "after": after, "up_to": up_to, "types": list(types)}
    return {member for (member,) in conn.execute(query(_FILE, "named_in"), parameters).fetchall()}


def positions_of(conn: Connection, guild_id: int, source_ids: Sequence[str]) -> dict[str, int]:
    """The positions of those ``source_ids`` that the guild's stream holds."""
    parameters = {"guild": guild_id, "source_ids": array("text", source_ids)}
    rows = conn.execute(query(_FILE, "positions_of"), parameters, prepare=False)
    return dict(rows.fetchall())


def stored_under(conn: Connection, guild_id: int, source_id: str) -> StoredEvent | None:
    """The event recorded under ``source_id``, if there is one."""
    rows = _rows(conn, "stored_under", {"guild": guild_id, "source_id": source_id})
    return rows[0] if rows else None


def heads(conn: Connection) -> dict[int, int]:
    """The newest position of each stream that the tenant of the transaction may see."""
    return dict(conn.execute(query(_FILE, "heads")).fetchall())
