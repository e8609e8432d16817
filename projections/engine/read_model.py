"""How a read model is declared, and the working set that its fold reads and writes.

READ_MODEL = ReadModel("badges", version=1, tables=(BADGES,))

@READ_MODEL.on(BadgeEarned)
def earned(event: BadgeEarned, to: WorkingSet) -> None:
    to.put(BADGES, Badge(...))
"""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar

import projections
from events.engine.event import Event
from projections.engine.rules import Rules
from sql.rows import Table

R = TypeVar("R")
E = TypeVar("E", bound=Event)
Key = tuple[Any, ...]
Fold = Callable[[Any, "WorkingSet"], None]


class Source(Protocol):
    """Where a working set finds the state rows that it does not have yet."""

    def load(self, table: Table[R], members: Sequence[int]) -> dict[Key, R]:
        """The state rows of ``members`` (or of the whole guild), by key."""


class Nothing(Generic[R]):
    """The source of a replay from position 1: there is nothing yet."""

    def load(self, table: Table[Any], members: Sequence[int]) -> dict[Key, Any]:
        """No rows."""
        return {}


class WorkingSet:
    """The rows of one guild that a batch moves, in memory until the batch is written.

    ``position`` is the event being folded and ``rules`` are those in force at it. ``touched`` are
    the rows to write, per table.
    """

    def __init__(self, guild_id: int, rules: Rules, source: Source) -> None:
        """An empty set for ``guild_id`` that loads what it needs from ``source``."""
        self.guild_id = guild_id
        self.rules = rules
        self.position = 0
        self._source = source
        self._state: dict[Table[Any], dict[Key, Any]] = defaultdict(dict)
        self._changed: dict[Table[Any], dict[Key, Any]] = defaultdict(dict)
        self._tallies: dict[Table[Any], dict[Key, list[int]]] = defaultdict(dict)
        self._journals: dict[Table[Any], list[Any]] = defaultdict(list)
        self._lines: dict[Table[Any], tuple[int, int]] = {}

    def prepare(self, tables: Iterable[Table[Any]], members: Sequence[int]) -> None:
        """Load the state that a batch about ``members`` may read."""
        for table in tables:
            if table.kind == "state":
                known = self._state[table]
                for key, row in self._source.load(table, members).items():
                    known.setdefault(key, row)

    def get(self, table: Table[R], *key: Any) -> R | None:
        """The state row with this key. Change it only together with :meth:`put`."""
        return self._state[table].get(key)

    def all(self, table: Table[R]) -> list[R]:
        """Every row of a state table that is loaded for the whole guild."""
        if table.member is not None:
            raise ValueError(f"{table.name} is loaded by member, so it cannot be listed")
        return list(self._state[table].values())

    def put(self, table: Table[R], row: R) -> None:
        """Write a state row, new or changed."""
        key = table.key_of(row)
        self._state[table][key] = self._changed[table][key] = row

    def add(self, table: Table[Any], key: Key, **increments: int) -> None:
        """Add to the counters of a tally row."""
        tallies, columns = self._tallies[table], table.added
        counts = tallies.get(key)
        if counts is None:
            counts = tallies[key] = [0] * len(columns)
        for name, amount in increments.items():
            counts[columns.index(name)] += amount

    def write(self, table: Table[R], line: R) -> None:
        """Write one line of a journal."""
        self._journals[table].append(line)

    def next_line(self, table: Table[Any]) -> int:
        """The number of the next line that the event being folded causes: 1, 2, 3 ..."""
        position, line = self._lines.get(table, (0, 0))
        line = line + 1 if position == self.position else 1
        self._lines[table] = (self.position, line)
        return line

    def rows(self, table: Table[R]) -> list[R]:
        """What is to be written to ``table`` now."""
        if table.kind == "state":
            return list(self._changed[table].values())
        if table.kind == "journal":
            return self._journals[table]
        return [table.of_tally(key, counts) for key, counts in self._tallies[table].items()]

    def written(self, tables: Iterable[Table[Any]]) -> None:
        """Forget what was to be written to ``tables``: it has been."""
        for table in tables:
            self._changed.pop(table, None)
            self._tallies.pop(table, None)
            self._journals.pop(table, None)

    def pending_lines(self) -> int:
        """How many journal lines wait to be written."""
        return sum(map(len, self._journals.values()))


class ReadModel:
    """A name, a version, tables, and one fold for each event type that moves them."""

    def __init__(self, name: str, *, version: int, tables: tuple[Table[Any], ...]) -> None:
        """Declare a read model; ``version`` is raised whenever a fold or a row changes."""
        self.name = name
        self.version = version
        self.tables = tables
        self._folds: dict[type[Event], Fold] = {}
        self._also: Callable[[WorkingSet], list[int]] | None = None

    def also_about(
        self, find: Callable[[WorkingSet], list[int]]
    ) -> Callable[[WorkingSet], list[int]]:
        """Declare which members a batch may move beside those its events name; ``find`` sees the
        tables that are loaded for the whole guild."""
        self._also = find
        return find

    def prepare(self, to: WorkingSet, events: Iterable[Event]) -> None:
        """Load what folding ``events`` may read."""
        handled = [event for event in events if type(event) in self._folds]
        if not handled:
            return
        to.prepare([t for t in self.tables if t.member is None], ())
        members = {member for event in handled for member in event.members()}
        if self._also is not None:
            members.update(self._also(to))
        to.prepare([t for t in self.tables if t.member is not None], sorted(members))

    def on(self, *event_classes: type[Event]) -> Callable[[Fold], Fold]:
        """Declare the fold for these event types."""

        def declare(fold: Fold) -> Fold:
            for cls in event_classes:
                if cls in self._folds:
                    raise ValueError(f"{self.name}: two folds for {cls.event_type}")
                self._folds[cls] = fold
            return fold

        return declare

    @property
    def handles(self) -> Mapping[type[Event], Fold]:
        """The fold of each event type that moves this read model."""
        return MappingProxyType(self._folds)

    def fold(self, event: Event, to: WorkingSet) -> None:
        """Fold one event into the working set; one that is not handled changes nothing."""
        fold = self._folds.get(type(event))
        if fold is not None:
            fold(event, to)

    def __repr__(self) -> str:
        """The name, for messages."""
        return f"<read model {self.name}>"


@cache
def read_models() -> Mapping[str, ReadModel]:
    """Every read model by name, found by walking the flat files of ``projections/``."""
    found: dict[str, ReadModel] = {}
    for module_info in pkgutil.iter_modules(projections.__path__):
        if module_info.ispkg:
            continue
        module = importlib.import_module(f"projections.{module_info.name}")
        model = module.READ_MODEL
        found[model.name] = model
    return MappingProxyType(dict(sorted(found.items())))


def named(name: str) -> ReadModel:
    """The read model of this name, or the one that owns a table of this name.

    Raises KeyError when there is none.
    """
    models = read_models()
    if name in models:
        return models[name]
    for model in models.values():
        if any(table.name == name for table in model.tables):
            return model
    raise KeyError(name)
