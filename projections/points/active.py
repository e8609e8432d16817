"""When a member was last seen, and the streak of active days (UTC), which no gap breaks.

A day on which the bot was blind for a while is bridged: it neither breaks the streak nor counts in
it, until it is told after all (what was missed is fetched) that the member was active on it.
"""

from datetime import date, timedelta

from events.engine.event import Event
from events.engine.snowflake import from_ms
from events.gaps import FORGIVES_MS, GapRecorded
from projections.engine.read_model import WorkingSet
from projections.points.rows import BLIND_DAYS, BlindDay, Profile

DAY = timedelta(days=1)


def seen(to: WorkingSet, profile: Profile, event: Event) -> None:
    """The member did something."""
    if profile.last_seen is None or event.occurred_at > profile.last_seen:
        profile.last_seen = event.occurred_at
    today, last = event.occurred_at.date(), profile.active_on
    if last is not None and today <= last:
        _told_late(profile, today)
        return
    between = None if last is None else _between(last, today)
    if between is None or any(to.get(BLIND_DAYS, day) is None for day in between):
        profile.streak, profile.bridged = 1, None
    else:
        profile.streak += 1
        bridged = [*(profile.bridged or ()), *(day.toordinal() for day in between)]
        profile.bridged = bridged or None
    profile.longest_streak = max(profile.longest_streak, profile.streak)
    profile.active_on = today


def blind(to: WorkingSet, event: GapRecorded) -> None:
    """The days that a gap touches, if it is long enough to forgive anything."""
    if event.ended_ms - event.began_ms < FORGIVES_MS:
        return
    day, last = (from_ms(ms).date() for ms in (event.began_ms, event.ended_ms - 1))
    while day <= last:
        to.put(BLIND_DAYS, BlindDay(day))
        day += DAY


def _told_late(profile: Profile, day: date) -> None:
    """It turns out that the member was active on a day that was bridged."""
    if profile.bridged and day.toordinal() in profile.bridged:
        profile.bridged = [other for other in profile.bridged if other != day.toordinal()] or None
        profile.streak += 1
        profile.longest_streak = max(profile.longest_streak, profile.streak)


def _between(first: date, last: date) -> list[date]:
    return [first + DAY * number for number in range(1, (last - first).days)]
