"""Moves read models of one guild forward over a page of its events, in one transaction.

The same code serves the worker, a command that catches up before it decides, and the end of a
rebuild (with another schema). A page is read and decoded once, and folded into all read models
under one savepoint; only when that fails is it folded again into each for itself.
"""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from typing import Any

from events.engine.catalogue import StoredEvent, decode
from events.engine.errors import TallystickError
from events.engine.event import Event
from projections.engine.read_model import Key, ReadModel, WorkingSet
from projections.engine.rules import RULE_PREFIX, Rules
from sql import checkpoints, lake, rows
from sql.checkpoints import Checkpoint
from sql.pool import Connection, ConnectionLost, in_flight
from sql.rows import Table

PAGE = 1000
"""Events in one transaction of the worker; measured: more is not faster."""


SMALL = 64 * 1024
"""Bytes of payload up to which a page's rows are sent in flight: no parameter can become large."""


class ReadModelStopped(TallystickError):
    """A read model that is needed stands still because a fold failed; an operator must mend it."""


class _Tables:
    """State rows from the database, of one guild, in one schema."""

    def __init__(self, conn: Connection, guild_id: int, schema: str) -> None:
        self._conn, self._guild_id, self._schema = conn, guild_id, schema

    def load(self, table: Table[Any], members: Sequence[int]) -> dict[Key, Any]:
        return rows.load(self._conn, table, self._guild_id, members, self._schema)


def advance(
    conn: Connection,
    guild_id: int,
    models: Sequence[ReadModel],
    *,
    wait: bool = False,
    limit: int = PAGE,
) -> int:
    """Fold at most one page into those ``models`` whose checkpoints are free (or, with ``wait``,
    all of them). Returns how many events the one furthest behind has moved on.

    A fold that fails stops its own read model only; the others are written.
    """
    folded, _ = _turn(conn, guild_id, models, wait, limit)
    return folded


def catch_up(conn: Connection, guild_id: int, models: Sequence[ReadModel]) -> None:
    """Bring ``models`` to the head of the guild's stream, waiting for whoever works on them.

    Raises ReadModelStopped when one of them cannot go on.
    """
    folded = PAGE
    while folded == PAGE:
        folded, stopped = _turn(conn, guild_id, models, True, PAGE)
    for place in stopped:
        raise ReadModelStopped(
            f"{place.name} stands at position {place.position} of guild {guild_id}; "
            "see: python -m bot projections list"
        )


def _turn(
    conn: Connection, guild_id: int, models: Sequence[ReadModel], wait: bool, limit: int
) -> tuple[int, list[Checkpoint]]:
    """One page: how many events there were, and which read models stand still after it."""
    taken = checkpoints.take(conn, guild_id, [m.name for m in models], wait=wait)
    stopped = [place for place in taken if place.stopped]
    places = {place.name: place.position for place in taken if not place.stopped}
    page = lake.read(conn, guild_id, min(places.values()), limit) if places else []
    if not page:
        return 0, stopped
    end = page[-1].position
    base = _rules_at(conn, guild_id, min(places.values()))
    behind = [(m, places[m.name]) for m in models if places.get(m.name, end) < end]
    try:
        with conn.transaction(), in_flight(conn) if _small(page) else nullcontext():
            _fold_together(conn, behind, page, base)
        moved = {model.name: end for model, _ in behind}
    except ConnectionLost:
        raise
    except Exception:  # some fold or table refuses something: each for itself, so that one stops
        moved = {m.name: _advance_one(conn, m, after, page, base) for m, after in behind}
    checkpoints.advance(conn, guild_id, moved)
    stopped += [Checkpoint(name, at, stopped=True) for name, at in moved.items() if at < end]
    return len(page), stopped


def _small(page: Sequence[StoredEvent]) -> bool:
    return sum(len(row.payload) for row in page) <= SMALL


def _fold_together(
    conn: Connection,
    behind: Iterable[tuple[ReadModel, int]],
    page: Sequence[StoredEvent],
    base: Sequence[Event],
) -> None:
    """Fold ``page`` into each read model from where it is, having decoded it once."""
    events = [decode(row) for row in page]
    for model, after in behind:
        seen = sum(row.position <= after for row in page) if page[0].position <= after else 0
        rules = Rules.of([*base, *_rules_in(page[:seen])])
        fold_page(conn, model, page[0].guild_id, page[seen:], rules, events=events[seen:])


def fold_page(
    conn: Connection,
    model: ReadModel,
    guild_id: int,
    page: Sequence[StoredEvent],
    rules: Rules,
    *,
    schema: str = "public",
    events: Sequence[Event] | None = None,
) -> None:
    """Fold ``page`` (``events`` when it has been decoded) into one read model and write the rows;
    ``rules`` move along with the page."""
    events = [decode(row) for row in page] if events is None else events
    to = WorkingSet(guild_id, rules, _Tables(conn, guild_id, schema))
    model.prepare(to, events)
    fold_events(model, page, events, to)
    for table in model.tables:
        rows.write(conn, table, guild_id, to.rows(table), schema)


def fold_events(
    model: ReadModel, page: Sequence[StoredEvent], events: Sequence[Event], to: WorkingSet
) -> None:
    """The plain fold, in memory: each event in order, under the rules in force at it."""
    folds = model.handles
    for row, event in zip(page, events, strict=True):
        if row.source_id.startswith(RULE_PREFIX):
            to.rules.apply(event)
        fold = folds.get(type(event))
        if fold is not None:
            to.position = row.position
            fold(event, to)


def rules_now(conn: Connection, guild_id: int) -> Rules:
    """The rules in force at the head of a guild's stream: for deciding, under its lock."""
    return Rules.of(map(decode, lake.with_prefix(conn, guild_id, RULE_PREFIX)))


def _rules_at(conn: Connection, guild_id: int, position: int) -> list[Event]:
    return [decode(row) for row in lake.with_prefix(conn, guild_id, RULE_PREFIX, position)]


def _advance_one(
    conn: Connection,
    model: ReadModel,
    after: int,
    page: Sequence[StoredEvent],
    base: Sequence[Event],
) -> int:
    """Fold what ``model`` has not seen of ``page``; returns the position it is at afterwards."""
    guild_id = page[0].guild_id
    fresh = [row for row in page if row.position > after]
    skipped = [row for row in page if row.position <= after]
    try:
        with conn.transaction():
            rules = Rules.of([*base, *_rules_in(skipped)])
            fold_page(conn, model, guild_id, fresh, rules)
        return fresh[-1].position
    except ConnectionLost:
        raise
    except Exception:  # whatever a fold or a table refuses: find the one event, stop before it
        rules = Rules.of([*base, *_rules_in(skipped)])
        return _advance_singly(conn, model, after, fresh, rules)


def _rules_in(page: Sequence[StoredEvent]) -> list[Event]:
    return [decode(row) for row in page if row.source_id.startswith(RULE_PREFIX)]


def _advance_singly(
    conn: Connection, model: ReadModel, position: int, page: Sequence[StoredEvent], rules: Rules
) -> int:
    for row in page:
        try:
            with conn.transaction():
                fold_page(conn, model, row.guild_id, [row], rules)
        except ConnectionLost:
            raise
        except Exception as error:  # parked with its error, in sight, and nothing goes past it
            reason = f"{type(error).__name__}: {error}".splitlines()[0][:500]
            checkpoints.stop(conn, row.guild_id, model.name, row.position, reason)
            return position
        position = row.position
    return position
