"""The rules in force: a fold of the guild's settings and seasons, which are events themselves.

Every event with a source id that begins with ``rule:`` is folded here before any read model sees
it, so a replay meets each event under the rules that were in force at its position.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from events.currency import COIN, Coin, CurrencyNamed
from events.engine.event import Event
from events.engine.snowflake import from_ms, to_ms
from events.ledger import COINS
from events.seasons import SeasonEnded, SeasonStarted
from events.settings import SETTINGS, SettingChanged, Value

RULE_PREFIX = "rule:"
_LAST_MS = to_ms(datetime.max.replace(tzinfo=UTC))
_DEFAULTS = {key: int(setting.default) for key, setting in SETTINGS.items()}


class Rules:
    """What the guild has decided, up to the position of the event being folded."""

    def __init__(self) -> None:
        """A guild that has decided nothing yet: every setting has its default."""
        self._numbers = dict(_DEFAULTS)
        self._named: CurrencyNamed | None = None
        self._season: SeasonStarted | None = None
        self._season_starts: datetime | None = None

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
            self._set(event.key, event.value)
        elif isinstance(event, CurrencyNamed):
            self._named = event if event.currency == COINS else self._named
        elif isinstance(event, SeasonStarted):
            self._season = event
            self._season_starts = from_ms(min(event.starts_ms, _LAST_MS))
        elif isinstance(event, SeasonEnded):
            self._season = None

    def _set(self, key: str, value: Value) -> None:
        if type(value) is int:
            self._numbers[key] = value
        elif key in _DEFAULTS:
            self._numbers[key] = _DEFAULTS[key]

    def number(self, key: str) -> int:
        """The whole number that is set for ``key``, or its default."""
        return self._numbers[key]

    @property
    def coin(self) -> Coin:
        """What the guild calls its coins."""
        return COIN if self._named is None else self._named.coin

    @property
    def coin_revision(self) -> int:
        """How often the guild has chosen what to call its coins."""
        return 0 if self._named is None else self._named.revision

    def season_of(self, moment: datetime) -> int | None:
        """The number of the open season if ``moment`` belongs to it."""
        season, starts = self._season, self._season_starts
        if season is None or starts is None or moment < starts:
            return None
        return season.number
