"""Ten years of seasons in virtual time.

Members talk; an admin plans seasons, changes and ends them, sets how they recur and by which
clock. Schedulers look whether one is over: several at once, some with a clock that was set back
or is ahead, some killed at any moment of a transaction, and now and then none for weeks or months.
What comes of it is compared with a plain reckoning over the messages.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from contextvars import copy_context
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from bot import schedule
from bot.due.seasons import DUE
from bot.handle import act
from bot.seasons import reading as seasons
from events.badges import BadgeEarned
from events.calendars import CalendarSet
from events.decisions import season_admin, zones
from events.decisions.asked import Asked
from events.engine.catalogue import decode
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import from_ms, snowflake_at
from events.ledger import LedgerEvent
from events.messages import MessageCreated
from events.seasons import Every, SeasonEnded, SeasonRewarded, SeasonStarted
from projections.engine import worker
from projections.engine.read_model import named, read_models
from projections.engine.rebuild import verify
from sql import chain, embedded, lake
from sql.errors import DatabaseUnreachable
from sql.pool import Connection
from tests.simulation.deaths import DEATH, Mortal, drawn
from tests.support import postgres
from tests.support.facts import GUILD
from tests.support.rolling import roll_over, utc

ADMIN = 2099
MEMBERS = (2001, 2002, 2003, 2004)
BEGIN, END = utc(2026, 1, 10), utc(2036, 1, 10)
ZONES = ("UTC", "Europe/Berlin", "America/Los_Angeles", "Africa/Cairo", "Atlantic/Azores")
COINS = {1: 3000, 2: 2000, 3: 1000}


class Decade:
    """One guild over ten years."""

    def __init__(self, database: Mortal, seed: int) -> None:
        self.database = database
        self.dice = Random(seed)
        self.now = BEGIN
        self.numbers = iter(range(1, 10**6))
        self.away_until = BEGIN

    def live(self) -> None:
        """Until the ten years are over, and then once more for what is due. Before the first season
        is opened nothing counts for one."""
        self.talk()
        roll_over(self.database, self.now)
        while self.now < END:
            self.now += timedelta(hours=self.dice.choice((20, 100, 200, 400)), seconds=7)
            self.talk()
            if self.dice.random() < 0.06:
                self.decide()
            if self.dice.random() < 0.01:
                self.away_until = self.now + timedelta(days=self.dice.choice((20, 100, 250)))
            if self.now >= self.away_until:
                self.schedule()
        roll_over(self.database, self.now)

    def talk(self) -> None:
        """Somebody writes, or wrote within the last hour: now and then in a season that is over."""
        with self.database.transaction(GUILD) as conn:
            lake.append(conn, [self.message()])

    def message(self) -> MessageCreated:
        number, who = next(self.numbers), self.dice.choice(MEMBERS)
        at = self.now - timedelta(seconds=self.dice.randrange(3600))
        return MessageCreated(
            guild_id=GUILD,
            source_id=f"{number}:message_create",
            user_id=who,
            channel_id=3001,
            occurred_at=at,
            message_id=number,
            name=f"user{who}",
        )

    def schedule(self) -> None:
        """One scheduler, or two at the same moment; one dies; one has a clock that is slow."""
        how = self.dice.random()
        if how < 0.02:  # a clock that is ahead closes seasons before their time, each still once
            roll_over(self.database, self.now + timedelta(days=self.dice.choice((2, 40))))
        elif how < 0.5:
            roll_over(self.database, self.now)
        elif how < 0.7:
            roll_over(self.database, self.now - timedelta(days=self.dice.choice((1, 40, 400))))
        elif how < 0.85:
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda _: roll_over(self.database, self.now), range(2)))
        else:
            copy_context().run(self.die)

    def die(self) -> None:
        """A process ends at some moment of what it does; nobody starts another one just now."""
        DEATH.set(drawn(self.dice, for_good=True, within=4))
        with suppress(DatabaseUnreachable):
            roll_over(self.database, self.now)

    def decide(self) -> None:
        """The admin wants something; much of it cannot be."""
        asked = Asked(GUILD, snowflake_at(self.now, next(self.numbers)), ADMIN, 3001)
        schedule.run_in(self.database, GUILD, self.now, DUE)
        with suppress(Refused):
            act(
                self.database,
                GUILD,
                reads=seasons.READS,
                decide=lambda conn: self.wanted(conn, asked),
            )

    def wanted(self, conn: Connection, asked: Asked) -> list[Event]:
        found, dice = seasons.state(conn, GUILD), self.dice
        today = zones.local(self.now, found.calendar.zone).date()

        def day(most: int) -> Any:
            return today + timedelta(days=dice.randrange(most))

        choice = dice.randrange(7)
        if choice == 0:
            first = day(90)
            last = first + timedelta(days=dice.randrange(40))
            return [season_admin.create(asked, found, f"Cup {asked.interaction_id}", first, last)]
        if choice == 1 and found.running:
            return [season_admin.edit_running(asked, found, found.running.number, None, day(60))]
        if choice == 2 and found.running:
            return seasons.end(conn, asked, found.running.number)
        if choice == 3 and found.plans:
            plan = dice.choice(found.plans)
            return [season_admin.edit_plan(asked, found, plan.plan_id, "Moved", day(99), day(150))]
        if choice == 4 and found.plans:
            return [season_admin.cancel_plan(asked, found, found.plans[0].plan_id)]
        if choice == 5:
            zone, week = dice.choice(ZONES), dice.randrange(7)
            based_on = found.calendar.revision
            return [season_admin.set_calendar(asked, found, zone, week, based_on=based_on)]
        every: Every = dice.choice(("month", "month", "quarter", "days", "days", "never"))
        days = dice.choice((7, 10, 14, 30)) if every == "days" else None
        based_on = found.recurrence.revision
        return season_admin.set_recurrence(asked, found, every, days, based_on=based_on)


def told(database: Mortal) -> list[Event]:
    with database.transaction(GUILD) as conn:
        return [decode(row) for row in lake.read(conn, GUILD, 0, 10**6)]


def check_order(facts: list[Event]) -> tuple[list[SeasonStarted], dict[int, SeasonEnded]]:
    """Seasons are opened and closed once, in order, and none overlaps another."""
    started = [fact for fact in facts if isinstance(fact, SeasonStarted)]
    ended = [fact for fact in facts if isinstance(fact, SeasonEnded)]
    assert [fact.number for fact in started] == list(range(1, len(started) + 1))
    assert [fact.number for fact in ended] == list(range(1, len(ended) + 1))
    order: list[SeasonStarted | SeasonEnded] = []
    order += [fact for fact in facts if isinstance(fact, SeasonStarted | SeasonEnded)]
    for one, other in pairwise(order):
        assert type(one) is not type(other), "opened twice, or closed twice"
    for closed, opened in zip(ended, started[1:], strict=False):
        assert closed.ends_ms <= opened.starts_ms
    assert all(fact.starts_ms < fact.ends_ms for fact in order)
    return started, {fact.number: fact for fact in ended}


def check_standings(facts: list[Event], ended: dict[int, SeasonEnded]) -> None:
    """A season's standing is what was written within it and recorded before it was closed."""
    written: list[MessageCreated] = []
    for fact in facts:
        if isinstance(fact, MessageCreated):
            written.append(fact)
        elif isinstance(fact, SeasonStarted) and fact.number == 1:
            written.clear()  # nothing counts for a season before the first one is opened
        elif isinstance(fact, SeasonEnded):
            starts, ends = from_ms(fact.starts_ms), from_ms(fact.ends_ms)
            within = Counter(m.user_id for m in written if starts <= m.occurred_at < ends)
            found = {place.user_id: place.number for place in fact.standing}
            assert found == {user: 15 * count for user, count in within.items()}, fact.number
            for place in fact.standing:
                better = sum(other > place.number for other in found.values())
                assert place.rank == better + 1


def check_rewards(facts: list[Event], ended: dict[int, SeasonEnded]) -> None:
    """Each place is paid and has its badge, once."""
    paid: Counter[tuple[str, int]] = Counter()
    for fact in facts:
        if isinstance(fact, SeasonRewarded):
            paid.update({(p.account, fact.number): p.amount for p in fact.postings})
    badges = [(f.user_id, f.badge) for f in facts if isinstance(f, BadgeEarned)]
    places = [(place, number) for number, end in ended.items() for place in end.standing]
    for place, number in places:
        assert paid[f"wallet:{place.user_id}", number] == COINS.get(place.rank, 0)
    wanted = Counter(
        (p.user_id, f"season-{n}-place-{p.rank}") for p, n in places if p.rank in COINS
    )
    assert Counter(b for b in badges if b[1].startswith("season-")) == wanted


def check_borders(facts: list[Event]) -> None:
    """What ends by itself ends at a midnight of the guild's clock, whatever its clocks do."""
    zone_names = {"UTC"} | {fact.zone for fact in facts if isinstance(fact, CalendarSet)}
    for fact in facts:
        if isinstance(fact, SeasonEnded) and fact.user_id is None:
            ends = from_ms(fact.ends_ms)
            assert any(
                zones.midnight(zones.local(ends, zone).date(), zone) == ends for zone in zone_names
            )


@pytest.mark.timeout(500)
@pytest.mark.parametrize("seed", [1, 2])
def test_ten_years_of_seasons(postgres_server: embedded.Server, seed: int) -> None:
    with postgres.fresh(postgres_server) as url, closing(Mortal(url)) as database:
        Decade(database, seed).live()
        facts = told(database)
        started, ended = check_order(facts)
        assert len(started) > 30 and len(ended) >= len(started) - 1
        check_standings(facts, ended)
        check_rewards(facts, ended)
        check_borders(facts)
        worker.drain(database)
        with database.transaction(GUILD) as conn:
            assert not list(chain.faults(conn, GUILD))
        kept = [named(name) for name in (*seasons.READS, "event_counters")]
        assert verify(url, kept, processes=1).differences == []
        assert {model.name for model in kept} <= set(read_models())
        assert any(isinstance(fact, LedgerEvent) for fact in facts)
