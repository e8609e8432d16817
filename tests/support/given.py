"""Given these events, then these rows: a read model's fold in memory, one example at a time.

given("badges", earned).then("badges", "user_id badge", (2001, "level-5"))
"""

from collections.abc import Iterator
from typing import Any

from events.engine.event import Event
from projections.engine.folding import fold_events
from projections.engine.read_model import Nothing, WorkingSet, named
from projections.engine.rules import Rules

Columns = tuple[Any, ...]


class Folded:
    """What a read model's tables hold after some events."""

    def __init__(self, read_model: str, events: tuple[Event, ...]) -> None:
        self._model = named(read_model)
        self._to = WorkingSet(events[0].guild_id, Rules(), Nothing())
        fold_events(self._model, range(1, len(events) + 1), events, self._to)

    def rows(self, table: str, columns: str) -> list[Columns]:
        """These columns (separated by spaces) of a table's rows, in the order of their keys."""
        return list(self._rows(table, columns.split()))

    def then(self, table: str, columns: str, *expected: Columns) -> "Folded":
        """Exactly these rows are in the table."""
        found = self.rows(table, columns)
        assert found == list(expected), f"{table}: {found}"
        return self

    def of(self, table: str, member: int, column: str, **key: Any) -> Any:
        """One column of one member's one row."""
        names = ["user_id", *key, column]
        found = [r[-1] for r in self._rows(table, names) if r[:-1] == (member, *key.values())]
        assert len(found) == 1, f"{len(found)} rows of {member} in {table}"
        return found[0]

    def _rows(self, table: str, columns: list[str]) -> Iterator[Columns]:
        (found,) = [t for t in self._model.tables if t.name == table]
        for row in sorted(self._to.rows(found), key=found.key_of):
            yield tuple(getattr(row, column) for column in columns)


def given(read_model: str, *events: Event) -> Folded:
    """Fold ``events`` (positions 1, 2, 3 ...) into a read model that was empty."""
    return Folded(read_model, events)
