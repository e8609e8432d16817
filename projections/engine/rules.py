"""The rules in force: a fold of the guild's settings and seasons, which are events themselves.

Every event with a source id that begins with ``rule:`` is folded here before any read model sees
it, so a replay meets each event under the rules that were in force at its position.

A rule that cannot be read (a newer release wrote it, somebody altered it) takes nothing down: the
rules after it are :class:`LostRules`, and whoever looks at those, and nobody else, learns why.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any, TypeVar

from events.currency import Coin, CurrencyChanged
from events.decisions.currency import NO_OTHERS
from events.decisions.settings import Standing
from events.engine.errors import UnknownRules
from events.engine.event import Event
from events.engine.setting import Value, ids_in
from events.engine.unreadable import Unreadable
from events.ledger import COINS
from events.settings import FIRST_VERSION, SETTINGS, RulesAdopted, SettingChanged, defaults
from projections.engine.places import Places
from projections.engine.season_rules import SeasonRules

T = TypeVar("T")
_FIRST = defaults(FIRST_VERSION)


class Rules:
    """What the guild has decided, up to the position of the event being folded."""

    def __init__(self) -> None:
        """A guild that has decided nothing yet: every setting has the first version's default."""
        self.version = FIRST_VERSION
        """The rule version that the guild goes by: what a formula that changed may look at."""
        self.version_revision = 0
        """How often the guild has adopted a version."""
        self._set: dict[str, Value] = {}
        self._revisions: dict[str, int] = {}
        self._take(_FIRST)
        self.currencies = NO_OTHERS
        self.places = Places()
        """Multipliers by place and role, and the groups of channels."""
        self._derived: dict[Any, Any] = {}
        self.seasons = SeasonRules()
        """The calendar, the season that is open, and those to come."""
        self._next: tuple[Event, Rules] | None = None

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Rules":
        """The rules after ``events``."""
        rules = cls()
        for event in events:
            rules = rules.then(event)
        return rules

    def then(self, event: Event) -> "Rules":
        """These rules, which change by ``event``; for whoever has them alone."""
        try:
            if isinstance(event, Unreadable):
                raise event.error
            self.apply(event)
        except Exception as error:
            return LostRules(event, error)
        return self

    def after(self, event: Event) -> "Rules":
        """The rules after ``event``; these stay as they are, for whoever else looks at them: every
        read model that meets the event, so what comes after it is made for the first one only."""
        if self._next is None or self._next[0] is not event:
            self._next = None
            self._next = (event, deepcopy(self).then(event))
        return self._next[1]

    def apply(self, event: Event) -> None:
        """Take one event in; events that are no rules change nothing."""
        self._derived.clear()
        self.places.apply(event)
        if isinstance(event, SettingChanged):
            self._revisions[event.key] = event.revision
            self._change(event.key, event.value)
        elif isinstance(event, RulesAdopted):
            self.version, self.version_revision = event.version, event.revision
            self._take(defaults(event.version) | self._set)
        elif isinstance(event, CurrencyChanged):
            self.currencies = self.currencies.after(event)
        else:
            self.seasons.apply(event)

    def _take(self, values: Mapping[str, Value]) -> None:
        self._numbers = {key: value for key, value in values.items() if isinstance(value, int)}
        self._texts = {key: value for key, value in values.items() if isinstance(value, str)}
        self._ids: dict[str, frozenset[int]] = {}

    def _change(self, key: str, value: object) -> None:
        """What does not fit is as good as none: a fold is never stopped by a setting."""
        setting = SETTINGS.get(key)
        if setting is None:
            return
        self._set.pop(key, None)
        if isinstance(value, int | str) and setting.fits(value):
            self._set[key] = value
        in_force = self.value(key)
        if isinstance(in_force, int):
            self._numbers[key] = in_force
        else:
            self._texts[key] = in_force
            self._ids.pop(key, None)

    def standing(self, key: str) -> Standing:
        """How ``key`` stands: what was chosen, how often, and the guild's default."""
        default = SETTINGS[key].default_in(self.version)
        return Standing(self._set.get(key), self._revisions.get(key, 0), default)

    def value(self, key: str) -> Value:
        """What is set for ``key``, or its default in the guild's rule version."""
        return self.standing(key).in_force

    def number(self, key: str) -> int:
        """The whole number that is in force for ``key``."""
        return self._numbers[key]

    def flag(self, key: str) -> bool:
        """Whether ``key`` is on."""
        return self._numbers[key] == 1

    def text(self, key: str) -> str:
        """The text, or the word of a choice, that is in force for ``key``."""
        return self._texts[key]

    def ids(self, key: str) -> frozenset[int]:
        """The channels, categories or roles that are listed for ``key``."""
        found = self._ids.get(key)
        if found is None:
            found = self._ids[key] = ids_in(self._texts[key])
        return found

    def derived(self, make: "Callable[[Rules], T]") -> T:
        """What ``make`` makes of these rules: made once, and anew when they have changed."""
        found = self._derived.get(make)
        if found is None:
            found = self._derived[make] = make(self)
        return found

    @property
    def coin(self) -> Coin:
        """What the guild calls its coins."""
        return self.currencies.of(COINS)

    def season_of(self, moment: datetime) -> int | None:
        """The number of the season that ``moment`` belongs to, if it is not closed."""
        return self.seasons.season_of(moment)


class LostRules(Rules):
    """The rules after one that cannot be read: nobody knows them. Whatever is asked of them, the
    answer is UnknownRules."""

    def __init__(self, event: Event, error: Exception) -> None:
        """``event`` is the rule, and ``error`` says why it cannot be read."""
        self._error = UnknownRules(
            f"the rule {event.source_id} cannot be read ({type(error).__name__}: {error})",
            getattr(error, "event_type", event.event_type),
            getattr(error, "schema_version", event.schema_version),
        )

    def then(self, event: Event) -> Rules:
        """They stay lost."""
        return self

    def after(self, event: Event) -> Rules:
        """They stay lost."""
        return self

    def __getattr__(self, name: str) -> Any:
        """Everything else is what an instance of :class:`Rules` keeps, and this one has not."""
        raise self._error
