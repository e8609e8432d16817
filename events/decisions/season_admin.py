"""How seasons go on: an admin plans one, changes one, sets how they recur and by which clock.

Days are those of the guild's calendar, the last one included. A plan is kept whole: nothing may
reach into another season.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from events.calendars import CalendarSet
from events.decisions import zones
from events.decisions.asked import Asked
from events.decisions.season_plan import (
    MAX_DAYS,
    Calendar,
    Newest,
    Plan,
    Recurrence,
    Seasons,
    Span,
    ahead,
    upcoming,
)
from events.decisions.seasons import check_begun, check_settled, start
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import DISCORD_EPOCH_MS, from_ms, to_ms
from events.seasons import Every, SeasonEdited, SeasonPlanned, SeasonRecurrenceSet

MAX_NAME: Final = 50
MAX_PLANS: Final = 10
MAX_YEARS: Final = 5
CLOCK_YEARS: Final = 20
"""So far ahead the changes of a zone's clock are told; afterwards the last of them stays."""
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY: Final = timedelta(days=1)
_YEAR: Final = timedelta(days=366)
_STALE: Final = "Somebody changed that in the meantime. Look at it again and repeat your change."


def create(asked: Asked, seasons: Seasons, name: str, first: date | None, last: date) -> Event:
    """A season from ``first`` (at once without it, or if that is today) to ``last``: it begins if
    none is running, or is planned. Raises Refused for what cannot be."""
    check_settled(seasons, asked.at)
    now, zone = asked.at, seasons.calendar.zone
    today = zones.local(now, zone).date()
    at_once = first is None or first == today
    starts = now if at_once else _midnight(first or today, now, zone)
    ends = _end_of(last, now, zone)
    if starts < now:
        raise Refused(f"The first day, {first}, is over. Leave it out to begin now.")
    name = _name(name)
    _check_free(seasons, starts, ends, now)
    if at_once:
        span = Span(name, starts, ends, asked.interaction_id)
        return start(asked.guild_id, seasons, span, user_id=asked.user_id)
    if len(seasons.plans) >= MAX_PLANS:
        raise Refused(f"At most {MAX_PLANS} seasons can be planned. Take one back first.")
    return _plan(asked, seasons, Plan(asked.interaction_id, 0, name, starts, ends))


def edit_running(
    asked: Asked, seasons: Seasons, number: int, name: str | None, last: date | None
) -> SeasonEdited:
    """Another name or last day for the running season. Raises Refused for what cannot be."""
    check_settled(seasons, asked.at)
    running = seasons.running
    if running is None or running.number != number:
        raise Refused("That season is not running. /season list shows which one is.")
    ends = running.ends_at if last is None else _end_of(last, asked.at, seasons.calendar.zone)
    changed = replace(running, name=running.name if name is None else _name(name), ends_at=ends)
    if changed == running:
        raise Refused("The season is like that already. Give another name or last day.")
    if last is not None:
        check_begun(running, asked.at)
    if ends <= asked.at:
        raise Refused("The last day is over. Pick a later one, or close it with /season end.")
    _check_plans(seasons.plans, running.starts_at, ends)
    seasons = replace(seasons, newest=changed)
    return SeasonEdited(
        **asked.envelope,
        source_id=f"rule:season:{number}:edit:{running.revision + 1}",
        number=number,
        name=changed.name,
        ends_ms=to_ms(ends),
        ahead=ahead(seasons, ends),
        revision=running.revision + 1,
        interaction_id=asked.interaction_id,
    )


def edit_plan(
    asked: Asked,
    seasons: Seasons,
    plan_id: int,
    name: str | None,
    first: date | None,
    last: date | None,
) -> SeasonPlanned:
    """Another name or other days for a planned season. Raises Refused for what cannot be."""
    check_settled(seasons, asked.at)
    plan = planned(seasons, plan_id)
    now, zone = asked.at, seasons.calendar.zone
    changed = replace(
        plan,
        name=plan.name if name is None else _name(name),
        starts_at=plan.starts_at if first is None else _midnight(first, now, zone),
        ends_at=plan.ends_at if last is None else _end_of(last, now, zone),
    )
    if changed == plan:
        raise Refused("The plan is like that already. Give another name or other days.")
    if changed.starts_at < now:
        raise Refused(f"The first day, {first}, is over or has begun. Pick a later one.")
    others = replace(seasons, plans=_without(seasons.plans, plan_id))
    _check_free(others, changed.starts_at, changed.ends_at, now)
    return _plan(asked, others, changed)


def cancel_plan(asked: Asked, seasons: Seasons, plan_id: int) -> SeasonPlanned:
    """A planned season is taken back. Raises Refused when it has begun or is taken back."""
    check_settled(seasons, asked.at)
    plan = planned(seasons, plan_id)
    others = replace(seasons, plans=_without(seasons.plans, plan_id))
    return _plan(asked, others, plan, cancelled=True)


def set_recurrence(
    asked: Asked, seasons: Seasons, every: Every, days: int | None, *, based_on: int
) -> list[Event]:
    """From now on seasons follow one another like this; if none is running, one begins. Raises
    Refused for what cannot be, or when it was changed since revision ``based_on``."""
    check_settled(seasons, asked.at)
    before = seasons.recurrence
    if every == "days" and not (days and 1 <= days <= MAX_DAYS):
        raise Refused(f"Say how many days a season has: from 1 to {MAX_DAYS}.")
    if every != "days" and days is not None:
        raise Refused("A number of days is only for seasons of so many days. Leave it out.")
    if (before.every, before.days) == (every, days or 0):
        raise Refused("Seasons follow one another like that already.")
    _check_revision(before.revision, based_on)
    seasons = replace(seasons, recurrence=Recurrence(every, days or 0, before.revision + 1))
    fact = SeasonRecurrenceSet(
        **asked.envelope,
        source_id=recurrence_key(before.revision + 1),
        every=every,
        days=days or 0,
        ahead=ahead(seasons, _from(asked, seasons)),
        previous_every=before.every,
        previous_days=before.days,
        revision=before.revision + 1,
        interaction_id=asked.interaction_id,
    )
    now = _from(asked, seasons)
    span = None if seasons.running else next(upcoming(seasons, now), None)
    if span is None or span.starts_at > now:
        return [fact]
    return [fact, start(asked.guild_id, seasons, span, user_id=asked.user_id)]


def set_calendar(
    asked: Asked, seasons: Seasons, zone: str, week_start: int, *, based_on: int
) -> CalendarSet:
    """From now on the guild's days begin at midnight in ``zone``, its weeks on a day of the week
    (0 for Monday). Raises Refused for what cannot be, or when it was changed since ``based_on``."""
    check_settled(seasons, asked.at)
    before, zone = seasons.calendar, zones.named(zone)
    if not 0 <= week_start < len(WEEKDAYS):
        raise Refused("A week begins on one of its seven days. Pick one from the list.")
    if (before.zone, before.week_start) == (zone, week_start):
        raise Refused("The server lives by that calendar already.")
    _check_revision(before.revision, based_on)
    seasons = replace(seasons, calendar=Calendar(zone, week_start, before.revision + 1))
    return CalendarSet(
        **asked.envelope,
        source_id=calendar_key(before.revision + 1),
        zone=zone,
        week_start=week_start,
        offsets=zones.offsets(zone, from_ms(DISCORD_EPOCH_MS), asked.at + CLOCK_YEARS * _YEAR),
        ahead=ahead(seasons, _from(asked, seasons)),
        previous_zone=before.zone,
        previous_week_start=before.week_start,
        revision=before.revision + 1,
        interaction_id=asked.interaction_id,
    )


def recurrence_key(revision: int) -> str:
    """The source id of a change of how seasons recur."""
    return f"rule:season_recurrence:{revision}"


def calendar_key(revision: int) -> str:
    """The source id of a change of the calendar."""
    return f"rule:calendar:{revision}"


def _plan(asked: Asked, others: Seasons, plan: Plan, *, cancelled: bool = False) -> SeasonPlanned:
    """The plan as a fact; ``others`` are the seasons without it."""
    known = others if cancelled else replace(others, plans=(*others.plans, plan))
    return SeasonPlanned(
        **asked.envelope,
        source_id=f"rule:season_plan:{plan.plan_id}:{plan.revision + 1}",
        plan_id=plan.plan_id,
        revision=plan.revision + 1,
        name=plan.name,
        starts_ms=to_ms(plan.starts_at),
        ends_ms=to_ms(plan.ends_at),
        cancelled=cancelled,
        ahead=ahead(known, _from(asked, others)),
        interaction_id=asked.interaction_id,
    )


def _from(asked: Asked, seasons: Seasons) -> datetime:
    """From when on it can change what is to come: the end of the newest season, or now."""
    newest = seasons.newest
    if newest is None:
        return asked.at
    return newest.ends_at if newest.is_open else max(newest.ends_at, asked.at)


def planned(seasons: Seasons, plan_id: int) -> Plan:
    """A plan that has not begun. Raises Refused when it has, or was taken back."""
    for plan in seasons.plans:
        if plan.plan_id == plan_id:
            return plan
    raise Refused("That season is not planned any more. /season list shows what is.")


def _without(plans: Sequence[Plan], plan_id: int) -> tuple[Plan, ...]:
    return tuple(plan for plan in plans if plan.plan_id != plan_id)


def _name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise Refused(f"A season needs a name of one line and at most {MAX_NAME} letters.")
    return name


def _midnight(day: date, now: datetime, zone: str) -> datetime:
    """When a day begins. Raises Refused for one that is too far away to mean anything."""
    if abs(day - now.astimezone(UTC).date()) > MAX_YEARS * _YEAR:
        raise Refused(f"{day} is too far away: pick a day within {MAX_YEARS} years.")
    return zones.midnight(day, zone)


def _end_of(last: date, now: datetime, zone: str) -> datetime:
    """The first instant after a day."""
    _midnight(last, now, zone)
    return zones.midnight(last + _DAY, zone)


def _check_free(seasons: Seasons, starts: datetime, ends: datetime, now: datetime) -> None:
    """Raises Refused when a season cannot be there."""
    if ends <= now:
        raise Refused("The last day is over. Pick a later one.")
    if ends <= starts:
        raise Refused("The last day lies before the first. Swap them.")
    running = seasons.running
    if running is not None and starts < running.ends_at:
        until = _last_day(running, seasons.calendar)
        raise Refused(
            f"{running.name} runs until {until}. Pick a first day after that, give it an earlier "
            "last day with /season edit, or close it with /season end."
        )
    _check_plans(seasons.plans, starts, ends)


def _check_plans(plans: Sequence[Plan], starts: datetime, ends: datetime) -> None:
    for plan in plans:
        if plan.starts_at < ends and starts < plan.ends_at:
            raise Refused(
                f"{plan.name} is planned for that time. Pick other days, or change the plan first."
            )


def _last_day(season: Newest, calendar: Calendar) -> date:
    return zones.local(season.ends_at - timedelta(milliseconds=1), calendar.zone).date()


def _check_revision(current: int, based_on: int) -> None:
    if current != based_on:
        raise Refused(_STALE)
