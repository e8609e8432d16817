"""Claims against real PostgreSQL: however many race for one, and wherever midnight is, one wins."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest

from bot.answer import Reply, Services
from bot.commands import activities, claims
from bot.economy.standing import standing, streaks_of, zone_of
from bot.handle import Call, handle
from events.activities import ACTIVITIES
from events.claims import DailyClaimed, WeeklyClaimed
from events.decisions.asked import Asked
from events.decisions.preferences import set_timezone
from events.engine.catalogue import decode
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.preferences import TimezoneSet
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Connection, Database
from sql.reads import fetch
from sql.writer import LakeWriter
from tests.support.facts import GUILD

ANN = 2001
TASKS = 50
MIDNIGHT = datetime(2026, 6, 10, tzinfo=UTC)
MODELS = ["accounts", "activities", "gaps", "preferences", "streaks"]


@pytest.fixture
def services(database: Database) -> Services:
    return Services(database, LakeWriter(database))


def call(number: int, at: datetime) -> Call:
    return Call(Asked(GUILD, snowflake_at(at, number), ANN, 3001), "slash", "daily")


def attempt(do: Callable[[], object]) -> bool:
    try:
        do()
    except Refused:
        return False
    return True


def claim(services: Services, asked: Call, what: type[claims.Claimed] = DailyClaimed) -> Reply:
    return claims.claim(services, asked, what)


def set_zone(services: Services, asked: Call, zone: str) -> None:
    who = asked.asked

    def decide(conn: Connection) -> list[TimezoneSet]:
        return [set_timezone(who, zone, current=zone_of(conn, GUILD, ANN))]

    handle(
        services.database,
        asked,
        reads=["preferences"],
        decide=decide,
        show=lambda conn, facts: None,
    )


def carried(database: Database) -> int:
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        assert {row["sum"] for row in fetch(conn, "accounts", "sums", guild=GUILD)} <= {0}
        return standing(conn, GUILD, ANN, MIDNIGHT).balance


def claimed(database: Database) -> list[DailyClaimed]:
    with database.transaction(GUILD) as conn:
        events = [decode(row) for row in lake.read(conn, GUILD, 0, 1000)]
    return [event for event in events if isinstance(event, DailyClaimed)]


def check(database: Database) -> None:
    worker.drain(database)
    assert not verify(database.dsn, [named(name) for name in MODELS], processes=1).differences


@pytest.mark.parametrize(("what", "coins"), [(DailyClaimed, 1000), (WeeklyClaimed, 1500)])
def test_fifty_claims_at_once_are_paid_once(
    services: Services, what: type[claims.Claimed], coins: int
) -> None:
    def one(number: int) -> bool:
        return attempt(lambda: claim(services, call(number, MIDNIGHT), what))

    with ThreadPoolExecutor(TASKS) as pool:
        assert sum(pool.map(one, range(TASKS))) == 1
    assert carried(services.database) == coins


def test_fifty_deliveries_of_one_claim_are_paid_once_and_answered_the_same(
    services: Services,
) -> None:
    asked = call(1, MIDNIGHT)
    with ThreadPoolExecutor(TASKS) as pool:
        replies = list(pool.map(lambda _: claim(services, asked), range(TASKS)))
    assert len({(reply.embed.description, reply.position) for reply in replies}) == 1
    assert carried(services.database) == 1000


def test_a_claim_at_midnight_around_a_zone_change(services: Services) -> None:
    """Fifty at once, half a second either side of midnight: claims, and moves to a zone in which
    it is the next day already, and back. The member gets the day that ends, or the one that
    begins, or both where both are the days of one zone, and no third."""
    claim(services, call(1, MIDNIGHT - timedelta(days=1, hours=12)))
    zones = ("Pacific/Kiritimati", "Etc/GMT+12", "UTC", "Europe/Berlin")

    def one(number: int) -> tuple[bool, bool]:
        at = MIDNIGHT + timedelta(milliseconds=20 * (number - TASKS // 2))
        asked = call(100 + number, at)
        if number % 2:
            return False, attempt(lambda: set_zone(services, asked, zones[number // 2 % 4]))
        return attempt(lambda: claim(services, asked)), False

    with ThreadPoolExecutor(TASKS) as pool:
        outcomes = list(pool.map(one, range(TASKS)))
    paid = sum(claimed for claimed, _ in outcomes)
    assert sum(moved for _, moved in outcomes) > 0
    assert 1 <= paid <= 2
    assert carried(services.database) == 1000 * (1 + paid)
    told = claimed(services.database)
    assert len(told) == 1 + paid
    for before, after in pairwise(told):
        assert before.day < after.day
        apart = after.occurred_at - before.occurred_at
        assert before.zone == after.zone or apart >= timedelta(hours=20)
    check(services.database)


def test_claims_just_before_and_after_a_move_over_midnight_are_one(services: Services) -> None:
    """23:59 in Berlin, a move to Tokyo, where it is tomorrow: nothing more before 20 hours."""
    late = MIDNIGHT - timedelta(hours=2, minutes=1)
    set_zone(services, call(1, late - timedelta(hours=1)), "Europe/Berlin")
    claim(services, call(2, late))
    set_zone(services, call(3, late + timedelta(seconds=1)), "Asia/Tokyo")

    def one(number: int) -> bool:
        at = late + timedelta(minutes=24 * number)
        return attempt(lambda: claim(services, call(100 + number, at)))

    with ThreadPoolExecutor(TASKS) as pool:
        assert not any(pool.map(one, range(TASKS)))
    assert attempt(lambda: claim(services, call(4, late + timedelta(hours=20))))
    assert carried(services.database) == 2000
    with services.database.transaction(GUILD) as conn:
        row = streaks_of(conn, GUILD, ANN)
    assert row is not None
    assert (row["daily"], row["daily_day"], row["daily_zone"]) == (2, 20260611, "Asia/Tokyo")


def test_forty_days_of_moving_every_day_pay_no_day_more_and_lose_no_streak(
    services: Services,
) -> None:
    zones = ("Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12")
    paid, days = 0, 40
    for number, hour in enumerate(range(0, days * 24, 4)):
        now = MIDNIGHT + timedelta(hours=hour)
        if hour % 24 == 8:
            set_zone(services, call(number, now), zones[hour // 24 % 4])
        asked = call(1000 + number, now)
        paid += attempt(partial(claim, services, asked))
    assert days - 2 <= paid <= days + 2
    with services.database.transaction(GUILD) as conn:
        has = standing(conn, GUILD, ANN, MIDNIGHT + timedelta(days=days))
    assert has.daily is not None and has.daily.streak == paid
    check(services.database)


def test_fifty_at_one_job_are_paid_once(services: Services) -> None:
    work = ACTIVITIES["work"]

    def one(number: int) -> bool:
        asked = call(number, MIDNIGHT)
        return attempt(lambda: activities.do(services, asked, work, number))

    with ThreadPoolExecutor(TASKS) as pool:
        assert sum(pool.map(one, range(TASKS))) == 1
    assert work.low <= carried(services.database) <= work.high
    check(services.database)


def test_a_job_delivered_again_is_told_as_it_was_drawn(services: Services) -> None:
    asked = call(1, MIDNIGHT)
    first = activities.do(services, asked, ACTIVITIES["fish"], 7)
    again = activities.do(services, asked, ACTIVITIES["fish"], 8)
    assert first.embed.to_dict() == again.embed.to_dict()
    assert first.position == again.position
