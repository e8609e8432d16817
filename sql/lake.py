"""The event lake: append with deduplication and a digest chain, and read in order.

Whoever appends to a guild holds that guild's row in ``streams`` until the end of the transaction,
so positions are contiguous and order is commit order. :func:`append` looks up, after the lock,
what is already there. :func:`record`, which has the transaction to itself, is optimistic: rows are
written straight away and the unique key on the source id is the check; only when the database
answers that one was there already does it start again with a look.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import args_row

from events.engine import canonical
from events.engine.catalogue import StoredEvent, is_newer, readable
from events.engine.event import Event
from events.engine.unreadable import Unreadable
from sql.arrays import array
from sql.pool import Connection, Database
from sql.seal import NO_RULE, NewestRule, Salt, Stream, sealed
from sql.statements import query

_FILE = "queries/lake.sql"
NO_LIMIT = 2**63 - 1
BEYOND = "\U0010ffff"
"""No source id goes on with this after a prefix."""
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
Key = tuple[int, str]
"""The guild and the source id: what an event is found by."""


def lock(conn: Connection, guilds: Iterable[int], *, wait: bool = True) -> dict[int, Stream]:
    """Take the streams of ``guilds``, made if need be, until the end of the transaction; without
    ``wait`` only those that are there and that nobody else has."""
    wanted = sorted(set(guilds))
    held = {} if conn.held is None else conn.held
    if any(guild not in held for guild in wanted):
        held |= _locked(conn, wanted, wait)
    return {guild: held[guild] for guild in wanted if guild in held}


def _locked(conn: Connection, wanted: list[int], wait: bool) -> dict[int, Stream]:
    parameters = {"guilds": array("bigint", wanted)}
    name = "lock_streams" if wait else "lock_free_streams"
    rows = conn.execute(query(_FILE, name), parameters).fetchall()
    if wait and len(rows) < len(wanted):
        conn.execute(query(_FILE, "open_streams"), parameters)
        rows = conn.execute(query(_FILE, "lock_streams"), parameters).fetchall()
    return {
        guild: Stream(head, digest, at, NewestRule(*rule))
        for guild, head, digest, at, *rule in rows
    }


def newest_rule(conn: Connection, guild_id: int) -> NewestRule:
    """Where the guild's newest rule stands; at 0 when it has none."""
    if conn.held and guild_id in conn.held:
        return conn.held[guild_id].rule
    row = conn.execute(query(_FILE, "newest_rule"), {"guild": guild_id}).fetchone()
    return NO_RULE if row is None else NewestRule(*row)


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
    """Append ``events`` as :func:`append` does, in a transaction of their own; in one for each
    guild if the tables are distributed.

    ``look_first`` skips the optimistic try: for batches that are probably known already.
    """
    guilds = {e.guild_id for e in events}
    if len(guilds) > 1 and database.is_distributed:
        found: dict[int, Iterator[Result]] = {}
        for guild in sorted(guilds):
            own = [e for e in events if e.guild_id == guild]
            found[guild] = iter(record(database, own, look_first=look_first, salt=salt))
        return [next(found[e.guild_id]) for e in events]
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
    known: dict[Key, StoredEvent],
    streams: dict[int, Stream],
    salt: Salt,
) -> list[Result]:
    results, fresh = _classify(events, known, streams)
    if fresh:
        parameters, moved = sealed(fresh, streams, salt)
        conn.execute(query(_FILE, "append"), parameters)
        if conn.held is not None:
            conn.held |= moved
    return results


def _stored(conn: Connection, events: Sequence[Event]) -> dict[Key, StoredEvent]:
    return stored_under_all(conn, [(e.guild_id, e.source_id) for e in events])


def stored_under_all(conn: Connection, keys: Sequence[Key]) -> dict[Key, StoredEvent]:
    """Of these keys those under which an event is recorded, with the events."""
    if len(keys) == 1:
        row = stored_under(conn, *keys[0])
        return {} if row is None else {keys[0]: row}
    parameters: dict[str, Any] = {"source_ids": array("text", [key for _, key in keys])}
    guilds = [guild_id for guild_id, _ in keys]
    if len(set(guilds)) > 1:
        parameters["guilds"], name = array("bigint", guilds), "stored_under_all"
    else:
        parameters["guild"], name = guilds[0], "stored_under_any"
    rows = _rows(conn, name, parameters, prepare=False)
    return {(row.guild_id, row.source_id): row for row in rows}


def _classify(
    events: Sequence[Event],
    known: dict[Key, StoredEvent],
    streams: dict[int, Stream],
) -> tuple[list[Result], list[tuple[int, Event]]]:
    """A result for each event and, in order, the new ones with their positions."""
    heads = {guild: stream.head for guild, stream in streams.items()}
    results: list[Result] = []
    fresh: list[tuple[int, Event]] = []
    seen: dict[Key, tuple[int, Event]] = {}
    for event in events:
        key = (event.guild_id, event.source_id)
        if (row := known.get(key)) is not None:
            results.append(_compare(event, readable(row), row.position))
        elif (earlier := seen.get(key)) is not None:
            results.append(_compare(event, earlier[1], earlier[0]))
        else:
            heads[event.guild_id] = position = heads[event.guild_id] + 1
            seen[key] = (position, event)
            fresh.append((position, event))
            results.append(Appended(position))
    return results, fresh


def _compare(event: Event, other: Event, position: int) -> Result:
    """What ``event`` is beside the ``other`` under its key. A newer release's telling of the same
    fact, which this one cannot read, is taken at its word."""
    if isinstance(other, Unreadable) and other.of is type(event):
        newer = is_newer(event.event_type, other.error.schema_version)
        return Duplicate(position) if newer else Conflict(position)
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
        "beyond": prefix + BEYOND,
        "up_to": NO_LIMIT if up_to is None else up_to,
    }
    return _rows(conn, "with_prefix", parameters, prepare=False)


def with_prefixes(
    conn: Connection, wanted: Sequence[tuple[int, str, int | None]]
) -> list[list[StoredEvent]]:
    """The same for each guild, prefix and last position that is ``wanted`` (None: all), in one
    question: the events of each."""
    parameters = {
        "guilds": array("bigint", [guild_id for guild_id, _, _ in wanted]),
        "of_guilds": array("bigint", sorted({guild_id for guild_id, _, _ in wanted})),
        "prefixes": array("text", [prefix for _, prefix, _ in wanted]),
        "beyonds": array("text", [prefix + BEYOND for _, prefix, _ in wanted]),
        "up_tos": array("bigint", [NO_LIMIT if last is None else last for _, _, last in wanted]),
    }
    found: list[list[StoredEvent]] = [[] for _ in wanted]
    with conn.cursor(binary=True) as cursor:
        cursor.execute(query(_FILE, "with_prefixes"), parameters, prepare=False)
        for place, *row in cursor:
            found[place - 1].append(StoredEvent(*row))
    return found


def of_types(
    conn: Connection,
    guild_id: int,
    after: int,
    up_to: int,
    types: Sequence[str],
    *,
    since: datetime | None = None,
) -> list[StoredEvent]:
    """The guild's events of these ``types`` at positions over ``after``, up to ``up_to``; with
    ``since`` those recorded after it."""
    parameters = {"guild": guild_id, "after": after, "up_to": up_to, "types": list(types)}
    return _rows(conn, "of_types", parameters | {"since": since})


def positions_of(conn: Connection, guild_id: int, source_ids: Sequence[str]) -> dict[str, int]:
    """The positions of those ``source_ids`` that the guild's stream holds."""
    parameters = {"guild": guild_id, "source_ids": array("text", source_ids)}
    rows = conn.execute(query(_FILE, "positions_of"), parameters, prepare=False)
    return dict(rows.fetchall())


def stored_under(conn: Connection, guild_id: int, source_id: str) -> StoredEvent | None:
    """The event recorded under ``source_id``, if there is one."""
    rows = _rows(conn, "stored_under", {"guild": guild_id, "source_id": source_id})
    return rows[0] if rows else None


def was_confirmed(conn: Connection, guild_id: int, preview: int) -> bool:
    """Whether a click that confirmed the ``preview`` of this interaction caused anything."""
    parameters = {"guild": guild_id, "from": str(preview), "preview": preview}
    row = conn.execute(query(_FILE, "was_confirmed"), parameters, prepare=False).fetchone()
    return bool(row and row[0])


def heads(conn: Connection) -> dict[int, int]:
    """The newest position of each stream that the tenant of the transaction may see."""
    return dict(conn.execute(query(_FILE, "heads")).fetchall())
