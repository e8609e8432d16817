"""The guild's calendar and seasons as rules: which season and which day a moment belongs to."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count

from events.calendars import CalendarSet
from events.engine.event import Event
from events.engine.snowflake import from_ms, to_ms
from events.seasons import (
    SeasonEdited,
    SeasonEnded,
    SeasonPlanned,
    SeasonRecurrenceSet,
    SeasonStarted,
)

Span = tuple[int, datetime, datetime]
"""A season's number, its first instant, and the first that does not belong to it."""

_LAST_MS = to_ms(datetime.max.replace(tzinfo=UTC))
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY_MS = 86_400_000


class SeasonRules:
    """Up to some position: the calendar, the season that is open, and those to come."""

    def __init__(self) -> None:
        """No season yet, and days that begin at midnight UTC."""
        self.calendar: CalendarSet | None = None
        self.recurrence: SeasonRecurrenceSet | None = None
        self._clock: tuple[list[int], list[int]] | None = None
        self._newest = 0
        self._spans: list[Span] = []

    def apply(self, event: Event) -> None:
        """Take one event in; those about something else change nothing."""
        if isinstance(event, SeasonStarted):
            self._newest = event.number
            self._spans = [_span(event.number, event.starts_ms, event.ends_ms)]
            self._plan(event.ahead)
        elif isinstance(event, SeasonEdited):
            self._spans = [
                (number, starts, _moment(event.ends_ms) if number == event.number else ends)
                for number, starts, ends in self._spans
            ]
            self._plan(event.ahead)
        elif isinstance(event, SeasonEnded):
            self._spans = [span for span in self._spans if span[0] > event.number]
        elif isinstance(event, SeasonPlanned):
            self._plan(event.ahead)
        elif isinstance(event, SeasonRecurrenceSet):
            self.recurrence = event
            self._plan(event.ahead)
        elif isinstance(event, CalendarSet):
            self.calendar = event
            self._clock = event.offsets[::2], event.offsets[1::2]
            self._plan(event.ahead)

    def _plan(self, ahead: Sequence[int]) -> None:
        """What follows the newest season is this, and no longer what was to follow it."""
        spans = zip(count(self._newest + 1), ahead[::2], ahead[1::2], strict=False)
        running = [span for span in self._spans if span[0] <= self._newest]
        self._spans = running + [_span(*span) for span in spans]

    def season_of(self, moment: datetime) -> int | None:
        """The number of the season that ``moment`` belongs to: the open one, or one to come that
        is not opened yet because nobody was there to do it. None for a season that is closed."""
        for number, starts, ends in self._spans:
            if moment < ends:
                return number if moment >= starts else None
        return None

    @property
    def next_at(self) -> datetime | None:
        """When the season after the newest one is to begin, as far as is known."""
        return next((starts for number, starts, _ in self._spans if number > self._newest), None)

    def day_of(self, moment: datetime) -> int:
        """The guild's own day of ``moment``, counted from 1970-01-01, by the clock in force."""
        if self._clock is None:
            return moment.toordinal() - _EPOCH_DAY
        changes, offsets = self._clock
        now = to_ms(moment)
        place = max(0, bisect_right(changes, now) - 1)
        offset = offsets[place] if place < len(offsets) else 0
        return (now + 1000 * offset) // _DAY_MS


def _span(number: int, starts_ms: int, ends_ms: int) -> Span:
    return number, _moment(starts_ms), _moment(ends_ms)


def _moment(milliseconds: int) -> datetime:
    return from_ms(min(milliseconds, _LAST_MS))
