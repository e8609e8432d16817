"""Time zones by name, and the member's calendar in them: days, ISO weeks, when they begin.

A replay never asks this module: the local day that a decision came to is inside its event, so a
newer time-zone database changes no number of the past.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from events.engine.errors import Refused
from events.engine.snowflake import from_ms, to_ms

DEFAULT = "UTC"
"""The zone of a member who has not set one."""
_DAY = timedelta(days=1)
_NO_PLACES = {"Factory", "localtime"}


@dataclass(frozen=True, slots=True)
class Span:
    """A span of a calendar that begins at a local midnight: ``days`` whole days."""

    name: str
    days: int

    def of(self, day: date) -> date:
        """The first day of the span that ``day`` belongs to."""
        return day if self.days == 1 else day - timedelta(days=day.weekday())

    def at(self, moment: datetime, zone: str) -> date:
        """The first day of the span in which ``moment`` lies for somebody in ``zone``."""
        return self.of(local(moment, zone).date())

    def after(self, first: date) -> date:
        """The first day of the next span."""
        return first + timedelta(days=self.days)


DAY = Span("day", 1)
WEEK = Span("week", 7)


def local(moment: datetime, zone: str) -> datetime:
    """What the calendar and the clock show in ``zone``."""
    return moment.astimezone(_zone(zone))


def midnight(day: date, zone: str) -> datetime:
    """The instant (UTC) in which ``day`` begins in ``zone``. Where the clocks skip midnight, the
    day begins with the skip; a day that was skipped wholly ends when it begins."""
    return datetime.combine(day, time(), _zone(zone)).astimezone(UTC)


def offsets(zone: str, start: datetime, end: datetime) -> list[int]:
    """What the clocks of ``zone`` show from ``start`` to ``end``: milliseconds since 1970 and the
    offset from UTC in seconds that is in force from then on, in turn."""
    found = [to_ms(start), _offset(start, zone)]
    while start < end:
        later = start + _DAY
        if _offset(later, zone) != found[-1]:
            found += _change(start, later, zone)
        start = later
    return found


def _change(before: datetime, after: datetime, zone: str) -> list[int]:
    """The millisecond between two instants in which the offset changes, and the new offset."""
    old, low, high = _offset(before, zone), to_ms(before), to_ms(after)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(from_ms(middle), zone) == old:
            low = middle
        else:
            high = middle
    return [high, _offset(from_ms(high), zone)]


def _offset(moment: datetime, zone: str) -> int:
    offset = local(moment, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


@cache
def known() -> dict[str, str]:
    """Every zone a member can pick: the name by what may be typed, lower case and spaces."""
    names = sorted(name for name in available_timezones() if name not in _NO_PLACES)
    return {_typed(name): name for name in names}


def named(text: str) -> str:
    """The zone that somebody typed the name of. Raises Refused when there is none."""
    name = known().get(_typed(text))
    if name is None:
        raise Refused(
            "There is no time zone of that name. Type the nearest big city, such as "
            "`Berlin`, and pick from the list; a whole name looks like `Europe/Berlin`."
        )
    return name


def matching(text: str, most: int) -> list[str]:
    """The zones whose name contains what was typed; those whose city begins so come first."""
    typed = _typed(text)
    found = [(key, name) for key, name in known().items() if typed in key]
    found.sort(key=lambda pair: (not pair[0].rpartition("/")[2].startswith(typed), pair[1]))
    return [name for _, name in found[:most]]


def _typed(text: str) -> str:
    return text.strip().lower().replace("_", " ")


def _zone(name: str) -> ZoneInfo:
    """The zone; UTC for one that the time-zone database of this machine does not know."""
    return ZoneInfo(known().get(_typed(name), DEFAULT))
