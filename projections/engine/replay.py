"""Replays one guild from its first event, wholly in memory, into tables aside.

When a fold fails, or the database refuses a row, the replay is begun again, and that read model is
left where it cannot go on: what a fold that failed has left behind in memory is of no use.
"""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.engine.catalogue import StoredEvent, readable
from events.engine.errors import reason_of
from events.engine.event import RULE_PREFIX, Event
from events.engine.unreadable import Unreadable
from projections.engine.read_model import Nothing, ReadModel, WorkingSet, read_models
from projections.engine.rules import Rules
from sql import lake, rows
from sql.faults import is_fault
from sql.pool import Connection, Database
from sql.read_models import REBUILD

READ_PAGE = 2000
FLUSH_LINES = 20_000
"""Journal lines held in memory before they are streamed out."""


@dataclass(frozen=True, slots=True)
class Unbuilt:
    """A read model of a guild that cannot be built from the log beyond ``position``, the event
    before the one at which ``error`` came up."""

    guild_id: int
    name: str
    position: int
    error: str

    def __str__(self) -> str:
        """Where and why, for an operator."""
        at = self.position + 1
        return (
            f"{self.name} of guild {self.guild_id} cannot take in event {at} ({self.error}). "
            f"See it: python -m bot log show {self.guild_id} {at}"
        )


Replayed = tuple[int, list[Unbuilt]]
"""How many events of a guild there were, and what could not be built of them."""


class _FoldFailed(Exception):
    """A fold cannot take an event in; what it left behind in memory is of no use."""

    def __init__(self, name: str, position: int, error: Exception) -> None:
        super().__init__(name, position, error)
        self.name, self.position, self.error = name, position, error


class _RowRefused(Exception):
    """The database refuses a row that the fold of some event has led to."""

    def __init__(self, name: str, error: Exception) -> None:
        super().__init__(name, error)
        self.name, self.error = name, error


def replay(database: Database, names: list[str], guild_id: int, head: int) -> Replayed:
    """Fold one guild from its first event to ``head`` into the tables aside. When a fold fails it
    is begun again, and that read model is left where it cannot go on."""
    models = [read_models()[name] for name in names]
    unbuilt: dict[str, Unbuilt] = {}
    gc.collect()
    gc.disable()
    try:
        while True:
            ends = {one.name: one.position for one in unbuilt.values()}
            try:
                return _Replay(database, models, guild_id, ends).run(head), list(unbuilt.values())
            except _FoldFailed as failed:
                name, at, error = failed.name, failed.position - 1, failed.error
            except _RowRefused as refused:
                name, error = refused.name, refused.error
                at = _last_taken(database, read_models()[name], guild_id, ends.get(name, head))
            unbuilt[name] = Unbuilt(guild_id, name, at, reason_of(error))
    finally:
        gc.enable()


def _last_taken(database: Database, model: ReadModel, guild_id: int, head: int) -> int:
    """The position before the event that leads to a row which the database refuses, by halving."""
    taken, refused = 0, head
    while refused - taken > 1:
        middle = (taken + refused) // 2
        try:
            _Replay(database, [model], guild_id, {}).run(middle, keep=False)
        except (_FoldFailed, _RowRefused):
            refused = middle
        else:
            taken = middle
    return taken


class _Replay:
    """One guild's replay: a working set for each read model, written out as it grows."""

    def __init__(
        self,
        database: Database,
        models: Sequence[ReadModel],
        guild_id: int,
        ends: Mapping[str, int],
    ) -> None:
        self._ends = ends
        self._database = database
        self._models = models
        self._guild_id = guild_id
        self._rules = Rules()
        self._sets = {m.name: WorkingSet(guild_id, self._rules, Nothing()) for m in models}

    def run(self, head: int, *, keep: bool = True) -> int:
        folded = 0
        with (
            self._database.transaction(self._guild_id) as conn,
            conn.transaction(force_rollback=not keep),
        ):
            for page in _pages(self._database, self._guild_id, head):
                self._fold(page)
                folded += len(page)
                self._flush(conn)
            self._finish(conn)
        return folded

    def _fold(self, page: Sequence[StoredEvent]) -> None:
        handlers = self._handlers(page[0].position)
        for row in page:
            if row.position - 1 in self._ends.values():
                handlers = self._handlers(row.position)
            event = readable(row)
            if row.source_id.startswith(RULE_PREFIX):
                self._take_rule(event)
            if isinstance(event, Unreadable):
                self._refuse(event, row.position)
            for name, fold in handlers.get(type(event), ()):
                to = self._sets[name]
                to.position = row.position
                try:
                    fold(event, to)
                except Exception as error:
                    raise _FoldFailed(name, row.position, error) from error

    def _handlers(self, position: int) -> dict[type[Event], list[tuple[str, Any]]]:
        """For each event type, who wants the event at ``position``, with their folds."""
        found: dict[type[Event], list[tuple[str, Any]]] = {}
        for model in self._going_on(position):
            for cls, fold in model.handles.items():
                found.setdefault(cls, []).append((model.name, fold))
        return found

    def _going_on(self, position: int) -> list[ReadModel]:
        return [m for m in self._models if self._ends.get(m.name, position) >= position]

    def _take_rule(self, event: Event) -> None:
        self._rules = self._rules.then(event)
        for to in self._sets.values():
            to.rules = self._rules

    def _refuse(self, event: Unreadable, position: int) -> None:
        """Nobody goes past what matters to them and cannot be read."""
        for model in self._going_on(position):
            if event.concerns(model.handles):
                raise _FoldFailed(model.name, position, event.error)

    def _flush(self, conn: Connection) -> None:
        for model in self._models:
            to = self._sets[model.name]
            if to.pending_lines() >= FLUSH_LINES:
                journals = [t for t in model.tables if t.kind == "journal"]
                self._copy(conn, model, journals)
                to.written(journals)

    def _finish(self, conn: Connection) -> None:
        for model in self._models:
            self._copy(conn, model, model.tables)

    def _copy(self, conn: Connection, model: ReadModel, wanted: Iterable[Any]) -> None:
        for table in wanted:
            if pending := self._sets[model.name].rows(table):
                try:
                    rows.copy(conn, table, self._guild_id, pending, REBUILD)
                except Exception as error:
                    if is_fault(error):
                        raise
                    raise _RowRefused(model.name, error) from error


def _pages(database: Database, guild_id: int, head: int) -> Iterator[list[StoredEvent]]:
    after = 0
    while after < head:
        with database.transaction(guild_id) as conn:
            page = lake.read(conn, guild_id, after, READ_PAGE, up_to=head)
        if not page:
            return
        yield page
        after = page[-1].position
