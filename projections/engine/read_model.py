"""How a read model is declared.

READ_MODEL = ReadModel("badges", version=2, tables=(BADGES,))

@READ_MODEL.on(BadgeEarned)
def earned(event: BadgeEarned, to: WorkingSet) -> None:
    to.put(BADGES, Badge(...))
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

import projections
from events.engine.event import Event
from projections.engine.working_set import Key, Nothing, Source, WorkingSet
from sql.read_models import checksum
from sql.rows import Table

__all__ = ["Key", "Nothing", "ReadModel", "Source", "WorkingSet", "named", "read_models"]

E = TypeVar("E", bound=Event)
Fold = Callable[[Any, WorkingSet], None]
Find = Callable[[WorkingSet], list[int]]


class ReadModel:
    """A name, a version, tables, and one fold for each event type that moves them."""

    def __init__(self, name: str, *, version: int, tables: tuple[Table[Any], ...]) -> None:
        """Declare a read model; ``version`` is raised whenever a fold or a row changes."""
        self.name = name
        self.version = version
        self.tables = tables
        self._folds: dict[type[Event], Fold] = {}
        self._also: Find | None = None
        self._also_when: frozenset[type[Event]] = frozenset()

    @property
    def build(self) -> str:
        """What its tables are built by: who has another one leaves them alone."""
        return f"{self.version}:{checksum(self.name)}"

    def also_about(self, *event_classes: type[Event]) -> Callable[[Find], Find]:
        """Declare which members a batch with such events may move beside those that they name;
        the function looks only at what ``to.all`` lists, which is the same for any members."""

        def declare(find: Find) -> Find:
            self._also, self._also_when = find, frozenset(event_classes)
            return find

        return declare

    def prepare(self, to: WorkingSet, events: Iterable[Event]) -> None:
        """Say whose rows folding ``events`` may read."""
        if not any(table.member for table in self.tables):
            return
        handled = [event for event in events if type(event) in self._folds]
        members = {member for event in handled for member in event.members()}
        to.about(members)
        if self._also is not None and any(type(event) in self._also_when for event in handled):
            to.about(members.union(self._also(to)))

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
