"""Seasons in a made-up history: they open, change, close and recur in another way; plans too."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, get_args

from events.calendars import CalendarSet
from events.decisions.season_plan import Plan, Seasons, Span, ahead
from events.decisions.seasons import Standing, after, close, start
from events.engine.event import Event
from events.engine.snowflake import snowflake_at, to_ms
from events.seasons import (
    Every,
    Place,
    SeasonEdited,
    SeasonEnded,
    SeasonPlanned,
    SeasonRecurrenceSet,
    SeasonRewarded,
    SeasonStarted,
)
from tests.support.wagers import Teller

ZONES = {"UTC": [0, 0], "Asia/Kathmandu": [0, 20_700], "America/St_Johns": [0, -12_600]}
DAY = timedelta(days=1)


class Rollovers:
    """The seasons of one history."""

    def __init__(self, teller: Teller) -> None:
        """There is none yet."""
        self.teller = teller
        self.seasons = Seasons()
        self.revisions = 0
        self.closing: Iterator[Event] = iter(())

    @property
    def makers(self) -> dict[type[Event], Callable[[], Event | None]]:
        """For each type what makes up its next event."""
        return {
            **dict.fromkeys((SeasonStarted, SeasonEnded, SeasonRewarded), self._roll),
            SeasonEdited: self._edit,
            SeasonPlanned: self._plan,
            SeasonRecurrenceSet: self._recur,
            CalendarSet: self._calendar,
        }

    def _roll(self) -> Event | None:
        """The next fact of a rollover; when there is none, a season opens, or ends at once."""
        fact = next(self.closing, None)
        if fact is None:
            fact = self._close() if self.seasons.running else self._open()
        if isinstance(fact, SeasonRewarded):
            for posting in fact.postings[1:]:
                member = int(posting.account.partition(":")[2])
                self.teller.balances[member] += posting.amount
        return fact

    def _open(self) -> Event:
        told, plan = self.teller, next(iter(self.seasons.plans), None)
        ends = told.now + told.random.choice((1, 3, 30)) * DAY
        span = Span("Season", told.now, ends, plan.plan_id if plan else None)
        fact = start(told.guild_id, self.seasons, span)
        self.seasons = after(self.seasons, [fact])
        return fact

    def _close(self) -> Event:
        told, running = self.teller, self.seasons.running
        assert running is not None
        members = told.random.sample(sorted(told.balances), told.random.randint(0, 3))
        places = [Place(rank=n, user_id=m, number=90 - n) for n, m in enumerate(members, start=1)]
        terms = replace(self.seasons.terms, board=told.random.choice(("xp", "stars")), coins=(3, 2))
        facts = close(
            told.guild_id, running, Standing(places, len(places)), terms, told.now, position=1
        )
        self.closing = iter(facts[1:])
        self.seasons = after(self.seasons, facts)
        return facts[0]

    def _edit(self) -> Event | None:
        running = self.seasons.running
        if running is None:
            return None
        changed = replace(running, ends_at=running.ends_at + DAY, revision=running.revision + 1)
        self.seasons = replace(self.seasons, newest=changed)
        return self._rule(
            SeasonEdited,
            f"season:{changed.number}:edit:{changed.revision}",
            number=changed.number,
            name=f"Season {changed.revision}",
            ends_ms=to_ms(changed.ends_at),
            ahead=ahead(self.seasons, changed.ends_at),
            revision=changed.revision,
        )

    def _plan(self) -> Event:
        """A plan, or the newest one taken back."""
        told = self.teller
        cancelled = bool(self.seasons.plans) and told.random.random() < 0.6
        if cancelled:
            plan = self.seasons.plans[-1]
            plan = replace(plan, revision=plan.revision + 1, name="Off", ends_at=plan.ends_at + DAY)
            self.seasons = replace(self.seasons, plans=self.seasons.plans[:-1])
        else:
            begins = told.now + told.random.randint(1, 90) * DAY
            plan = Plan(snowflake_at(told.now, told.count), 1, "Cup", begins, begins + DAY)
            self.seasons = replace(self.seasons, plans=(*self.seasons.plans, plan))
        if cancelled and told.random.random() < 0.5:
            plan = replace(plan, starts_at=plan.starts_at + DAY, ends_at=plan.ends_at + DAY)
        return self._rule(
            SeasonPlanned,
            f"season_plan:{plan.plan_id}:{plan.revision}",
            plan_id=plan.plan_id,
            revision=plan.revision,
            name=plan.name,
            starts_ms=to_ms(plan.starts_at),
            ends_ms=to_ms(plan.ends_at),
            cancelled=cancelled,
            ahead=ahead(self.seasons, self._then()),
        )

    def _recur(self) -> Event:
        before = self.seasons.recurrence
        every: Every = self.teller.random.choice(get_args(Every))
        days = self.teller.random.choice((1, 7, 10)) if every == "days" else 0
        recurrence = replace(before, every=every, days=days, revision=before.revision + 1)
        self.seasons = replace(self.seasons, recurrence=recurrence)
        return self._rule(
            SeasonRecurrenceSet,
            f"season_recurrence:{recurrence.revision}",
            every=every,
            days=days,
            ahead=ahead(self.seasons, self._then()),
            previous_every=before.every,
            previous_days=before.days,
            revision=recurrence.revision,
        )

    def _calendar(self) -> Event:
        before = self.seasons.calendar
        zone = self.teller.random.choice(sorted(ZONES))
        calendar = replace(before, zone=zone, week_start=6, revision=before.revision + 1)
        self.seasons = replace(self.seasons, calendar=calendar)
        return self._rule(
            CalendarSet,
            f"calendar:{calendar.revision}",
            zone=zone,
            week_start=calendar.week_start,
            offsets=ZONES[zone],
            ahead=ahead(self.seasons, self._then()),
            previous_zone=before.zone,
            previous_week_start=before.week_start,
            revision=calendar.revision,
        )

    def _then(self) -> datetime:
        return self.seasons.running.ends_at if self.seasons.running else self.teller.now

    def _rule(self, cls: type[Event], key: str, **fields: Any) -> Event:
        told = self.teller
        made: Any = cls
        event: Event = made(
            guild_id=told.guild_id,
            source_id=f"rule:{key}",
            user_id=told.random.choice(sorted(told.balances)),
            occurred_at=told.now,
            interaction_id=snowflake_at(told.now, told.count),
            **fields,
        )
        return event
