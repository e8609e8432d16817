"""The rules in force: a fold of the guild's settings and seasons, which are events themselves.

Every event with a source id that begins with ``rule:`` is folded here before any read model sees
it, so a replay meets each event under the rules that were in force at its position.
"""

from collections.abc import Iterable
from datetime import datetime

from events.engine.event import Event
from events.engine.snowflake import to_ms
from events.seasons import SeasonEnded, SeasonStarted
from events.settings import SETTINGS, SettingChanged, Value

RULE_PREFIX = "rule:"


class Rules:
    """What the guild has decided, up to the position of the event being folded."""

    def __init__(self) -> None:
        """A guild that has decided nothing yet: every setting has its default."""
        self._changed: dict[str, Value] = {}
        self._season: SeasonStarted | None = None

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Rules":
        """The rules after ``events``."""
        rules = cls()
        for event in events:
            rules.apply(event)
        return rules

    def apply(self, event: Event) -> None:
        """Take one event in; events that are no rules change nothing."""
        if isinstance(event, SettingChanged):
            if event.value is None:
                self._changed.pop(event.key, None)
            else:
                self._changed[event.key] = event.value
        elif isinstance(event, SeasonStarted):
            self._season = event
        elif isinstance(event, SeasonEnded):
            self._season = None

    def number(self, key: str) -> int:
        """The whole number that is set for ``key``, or its default."""
        value = self._changed.get(key)
        return value if type(value) is int else int(SETTINGS[key].default)

    def season_of(self, moment: datetime) -> int | None:
        """The number of the open season if ``moment`` belongs to it."""
        if self._season is None or to_ms(moment) < self._season.starts_ms:
            return None
        return self._season.number
