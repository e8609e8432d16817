"""Which seasons are to come: what recurs by the guild's calendar, and what admins have planned.

A border lies at a local midnight: of the first of a month or quarter, or so many days on (in whole
weeks: on the guild's first day of the week). A season lasts from where the one before it ended to
the next border, so that seasons leave no gap; one that was planned is kept whole, and what recurs
fills the time around it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from events.decisions import zones
from events.engine.snowflake import to_ms
from events.seasons import Board, Every

AHEAD: Final = 60
"""So many seasons to come are inside an event. A scheduler that is away for longer than they last
finds that nothing was counted beyond them."""
MONTHS: Final = {"month": 1, "quarter": 3}
MAX_DAYS: Final = 366
_WEEK: Final = 7
_LAST_YEAR: Final = 9000
"""Nothing recurs beyond: a calendar ends with the year 9999."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """By which clock the guild's days run, and the first day of its week (0 for Monday)."""

    zone: str = zones.DEFAULT
    week_start: int = 0
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How seasons follow one another; ``days`` counts only where it is every so many days."""

    every: Every = "quarter"
    days: int = 0
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A season that an admin has planned and that has not begun."""

    plan_id: int
    revision: int
    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest season of a guild; ``ends_at`` as planned while it is open."""

    number: int
    name: str
    starts_at: datetime
    ends_at: datetime
    is_open: bool
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What a season is ranked by and what its end brings: coins by place, and to how many places a
    badge."""

    board: Board = "xp"
    coins: tuple[int, ...] = ()
    badges: int = 0


@dataclass(frozen=True, slots=True)
class Seasons:
    """Everything about a guild's seasons that decisions look at."""

    newest: Newest | None = None
    recurrence: Recurrence = field(default_factory=Recurrence)
    calendar: Calendar = field(default_factory=Calendar)
    plans: tuple[Plan, ...] = ()
    terms: Terms = field(default_factory=Terms)

    @property
    def running(self) -> Newest | None:
        """The season that is open."""
        return self.newest if self.newest and self.newest.is_open else None


@dataclass(frozen=True, slots=True)
class Span:
    """A season to come."""

    name: str
    starts_at: datetime
    ends_at: datetime
    plan_id: int | None = None


def upcoming(seasons: Seasons, after: datetime) -> Iterator[Span]:
    """The seasons from ``after`` on, in order, without end where they recur."""
    plans = sorted(seasons.plans, key=lambda plan: plan.starts_at)
    while after.year < _LAST_YEAR:
        plan = next((p for p in plans if p.ends_at > after), None)
        if plan is not None and plan.starts_at <= after:
            span = Span(plan.name, after, plan.ends_at, plan.plan_id)
        elif seasons.recurrence.every == "never":
            if plan is None:
                return
            span = Span(plan.name, plan.starts_at, plan.ends_at, plan.plan_id)
        else:
            ends = border_after(after, seasons.recurrence, seasons.calendar)
            ends = min(ends, plan.starts_at) if plan else ends
            span = Span(_name(after, ends, seasons.calendar), after, ends)
        yield span
        after = span.ends_at


def ahead(seasons: Seasons, after: datetime) -> list[int]:
    """The spans to come from ``after`` on, as events hold them."""
    spans = islice(upcoming(seasons, after), AHEAD)
    return [to_ms(moment) for span in spans for moment in (span.starts_at, span.ends_at)]


def border_after(moment: datetime, recurrence: Recurrence, calendar: Calendar) -> datetime:
    """The first border after ``moment`` at which a season that runs then ends."""
    today = zones.local(moment, calendar.zone).date()
    months = MONTHS.get(recurrence.every)
    if months is not None:
        first = _first_of(today, months)
        border = zones.midnight(first, calendar.zone)
        return border if border > moment else zones.midnight(_on(first, months), calendar.zone)
    days = max(1, recurrence.days)
    day = today + timedelta(days=days)
    if days % _WEEK == 0:
        day = week_of(day, calendar.week_start)
    return zones.midnight(day, calendar.zone)


def border_before(moment: datetime, recurrence: Recurrence, calendar: Calendar) -> datetime:
    """Where a season would have begun that runs at ``moment``: the guild's first one does."""
    today = zones.local(moment, calendar.zone).date()
    months = MONTHS.get(recurrence.every)
    if months is not None:
        today = _first_of(today, months)
    elif recurrence.days % _WEEK == 0:
        today = week_of(today, calendar.week_start)
    return min(moment, zones.midnight(today, calendar.zone))


def week_of(day: date, week_start: int) -> date:
    """The first day of the week of ``day``."""
    return day - timedelta(days=(day.weekday() - week_start) % _WEEK)


def _first_of(day: date, months: int) -> date:
    """The first day of the span of so many months, counted from January, that ``day`` lies in."""
    return day.replace(month=day.month - (day.month - 1) % months, day=1)


def _on(first: date, months: int) -> date:
    """The first of the month that lies ``months`` later."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _name(starts: datetime, ends: datetime, calendar: Calendar) -> str:
    """A season that recurs is called by its months, or by its first and last day."""
    first = zones.local(starts, calendar.zone).date()
    last = zones.local(ends - timedelta(milliseconds=1), calendar.zone).date()
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1
    if not whole:
        return f"{first.day} {first:%B} to {last.day} {last:%B} {last:%Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B %Y}"
    return f"{first:%B} to {last:%B} {last:%Y}"
