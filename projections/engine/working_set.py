"""The working set: the rows of one guild that a fold reads and writes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from projections.engine.rules import Rules
from sql.rows import Table

R = TypeVar("R")
Key = tuple[Any, ...]


class Source(Protocol):
    """Where a working set finds the state rows that it does not have yet."""

    def load(self, table: Table[R], members: Sequence[int]) -> dict[Key, R]:
        """The state rows of ``members`` (with what the table wants beside them), or of the whole
        guild, by key."""


class Nothing(Generic[R]):
    """The source of a replay from position 1: there is nothing yet."""

    def load(self, table: Table[Any], members: Sequence[int]) -> dict[Key, Any]:
        """No rows."""
        return {}


class _State(dict[Table[Any], dict[Key, Any]]):
    """State rows by table and key; a table is loaded when it is first looked at."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self.members: Sequence[int] = ()

    def __missing__(self, table: Table[Any]) -> dict[Key, Any]:
        self[table] = rows = self._source.load(table, self.members)
        return rows


class _Listed(dict[Table[Any], dict[Key, Any]]):
    """Of each table with an ``also`` column the rows in which it is not null: all of a guild's."""

    def __init__(self, state: _State) -> None:
        super().__init__()
        self._state = state

    def __missing__(self, table: Table[Any]) -> dict[Key, Any]:
        self[table] = {}
        for key, row in self._state[table].items():
            self.put(table, key, row)
        return self[table]

    def put(self, table: Table[Any], key: Key, row: Any) -> None:
        if getattr(row, table.also or "") is None:
            self[table].pop(key, None)
        else:
            self[table][key] = row


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
        self._state = _State(source)
        self._listed = _Listed(self._state)
        self._changed: dict[Table[Any], dict[Key, Any]] = defaultdict(dict)
        self._tallies: dict[Table[Any], dict[Key, list[int]]] = defaultdict(dict)
        self._journals: dict[Table[Any], list[Any]] = defaultdict(list)
        self._lines: dict[Table[Any], tuple[int, int]] = {}

    def about(self, members: Iterable[int]) -> None:
        """Say whom the batch is about: a table is loaded for them when a fold first looks at it.
        Members who are found by :meth:`all` may be added: their rows there are loaded already."""
        self._state.members = sorted(members)

    @property
    def members(self) -> Sequence[int]:
        """Whom the batch is about."""
        return self._state.members

    def get(self, table: Table[R], *key: Any) -> R | None:
        """The state row with this key. Change it only together with :meth:`put`."""
        return self._state[table].get(key)

    def all(self, table: Table[R]) -> list[R]:
        """Every row of a state table that is loaded for the whole guild; of one with an ``also``
        column, every row of the guild in which that is not null."""
        if table.also is not None:
            return list(self._listed[table].values())
        if table.member is not None:
            raise ValueError(f"{table.name} is loaded by member, so it cannot be listed")
        return list(self._state[table].values())

    def put(self, table: Table[R], row: R) -> None:
        """Write a state row, new or changed."""
        key = table.key_of(row)
        self._state[table][key] = self._changed[table][key] = row
        if table.also is not None:
            self._listed.put(table, key, row)

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
