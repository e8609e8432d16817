"""Folds events into one read model and writes the rows, for one guild or for several at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from events.engine.event import RULE_PREFIX, Event
from events.engine.unreadable import Unreadable
from projections.engine.read_model import Key, ReadModel, WorkingSet
from projections.engine.rules import Rules
from sql import rows
from sql.pool import Connection
from sql.rows import Table


@dataclass(frozen=True)
class Batch:
    """Events of one guild with their positions, in order, and the rules in force before them."""

    guild_id: int
    rules: Rules
    positions: Sequence[int]
    events: Sequence[Event]

    @cached_property
    def _places(self) -> dict[type[Event], list[int]]:
        found: dict[type[Event], list[int]] = {}
        for place, event in enumerate(self.events):
            found.setdefault(type(event), []).append(place)
        return found

    @cached_property
    def _rules(self) -> set[int]:
        told = enumerate(self.events)
        return {place for place, event in told if event.source_id.startswith(RULE_PREFIX)}

    def handled_by(self, model: ReadModel) -> "Batch":
        """The events that move ``model``, and the rules among them: the others cost it nothing."""
        handled = [place for cls in model.handles for place in self._places.get(cls, ())]
        handled += [
            place
            for place in self._places.get(Unreadable, ())
            if cast(Unreadable, self.events[place]).concerns(model.handles)
        ]
        if not handled:
            return Batch(self.guild_id, self.rules, (), ())
        if len(handled) == len(self.events):
            return self
        places = sorted(self._rules.union(handled))
        positions, events = self.positions, self.events
        return Batch(
            self.guild_id, self.rules, [positions[p] for p in places], [events[p] for p in places]
        )


class _Tables:
    """State rows from the database, in one schema; a table that is loaded by member is loaded for
    every guild when the first of them looks at it."""

    def __init__(self, conn: Connection, schema: str) -> None:
        self._conn, self._schema = conn, schema
        self._loaded: dict[Table[Any], dict[int, rows.Rows[Any]]] = {}
        self.sets: Sequence[WorkingSet] = ()

    def load(self, guild_id: int, table: Table[Any], members: Sequence[int]) -> dict[Key, Any]:
        if len(self.sets) < 2 or table.member is None or table.also is not None:
            return rows.load(self._conn, table, guild_id, members, self._schema)
        if table not in self._loaded:
            wanted = {to.guild_id: to.members for to in self.sets}
            self._loaded[table] = rows.load_of_members(self._conn, table, wanted, self._schema)
        return self._loaded[table][guild_id]


@dataclass(frozen=True, slots=True)
class _OfGuild:
    """The same for one of the guilds."""

    tables: _Tables
    guild_id: int

    def load(self, table: Table[Any], members: Sequence[int]) -> dict[Key, Any]:
        return self.tables.load(self.guild_id, table, members)


def fold(
    conn: Connection, model: ReadModel, batches: Sequence[Batch], *, schema: str = "public"
) -> None:
    """Fold ``batches``, each of another guild, into one read model and write the rows."""
    concerning = [batch.handled_by(model) for batch in batches]
    batches = [batch for batch in concerning if batch.events]
    tables = _Tables(conn, schema)
    sets = [WorkingSet(b.guild_id, b.rules, _OfGuild(tables, b.guild_id)) for b in batches]
    for to, batch in zip(sets, batches, strict=True):
        model.prepare(to, batch.events)
    tables.sets = sets
    for to, batch in zip(sets, batches, strict=True):
        fold_events(model, batch.positions, batch.events, to)
    for table in model.tables:
        if len(sets) == 1:
            rows.write(conn, table, sets[0].guild_id, sets[0].rows(table), schema)
        else:
            rows.write_all(conn, table, {to.guild_id: to.rows(table) for to in sets}, schema)


def fold_events(
    model: ReadModel, positions: Iterable[int], events: Iterable[Event], to: WorkingSet
) -> None:
    """The plain fold, in memory: each event in order, under the rules in force at it.

    Raises CannotRead at an event that would move the model and cannot be read.
    """
    folds = model.handles
    for position, event in zip(positions, events, strict=True):
        if event.source_id.startswith(RULE_PREFIX):
            to.rules = to.rules.after(event)
        one = folds.get(type(event))
        if one is not None:
            to.position = position
            one(event, to)
        elif isinstance(event, Unreadable) and event.concerns(folds):
            raise event.error
