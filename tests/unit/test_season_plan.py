"""Which seasons are to come: borders at local midnights, plans kept whole, no gap in between."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.decisions import zones
from events.decisions.season_plan import (
    AHEAD,
    Calendar,
    Plan,
    Recurrence,
    Seasons,
    ahead,
    border_after,
    border_before,
    upcoming,
)
from events.engine.snowflake import to_ms

BERLIN, AZORES, CAIRO = "Europe/Berlin", "Atlantic/Azores", "Africa/Cairo"
MONTH, QUARTER, NEVER = Recurrence("month"), Recurrence("quarter"), Recurrence("never")
ZONES = ("UTC", BERLIN, AZORES, CAIRO, "America/Los_Angeles", "Pacific/Kiritimati")
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
DAY = timedelta(days=1)


def utc(*fields: int) -> datetime:
    return datetime(*fields, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("recurrence", "calendar", "moment", "before", "after"),
    [
        (MONTH, Calendar(), utc(2024, 2, 29, 13), utc(2024, 2, 1), utc(2024, 3, 1)),
        (MONTH, Calendar(), utc(2024, 3, 1), utc(2024, 3, 1), utc(2024, 4, 1)),
        (QUARTER, Calendar(), utc(2026, 12, 31), utc(2026, 10, 1), utc(2027, 1, 1)),
        (QUARTER, Calendar(), utc(2026, 5, 1), utc(2026, 4, 1), utc(2026, 7, 1)),
        # Berlin: midnight is an hour before that of UTC, two in summer.
        (MONTH, Calendar(BERLIN), utc(2026, 2, 28, 23), utc(2026, 2, 28, 23), utc(2026, 3, 31, 22)),
        (MONTH, Calendar(BERLIN), utc(2026, 10, 31), utc(2026, 9, 30, 22), utc(2026, 10, 31, 23)),
        # Twenty-three and twenty-five hours are a day as well.
        (Recurrence("days", 1), Calendar(BERLIN), utc(2026, 3, 28, 23), utc(2026, 3, 28, 23),
         utc(2026, 3, 29, 22)),
        (Recurrence("days", 1), Calendar(BERLIN), utc(2026, 10, 24, 22), utc(2026, 10, 24, 22),
         utc(2026, 10, 25, 23)),
        # Cairo's clocks skip midnight on 24 April 2026: the day begins with the skip.
        (Recurrence("days", 2), Calendar(CAIRO), utc(2026, 4, 22, 12), utc(2026, 4, 21, 22),
         utc(2026, 4, 23, 22)),
        # Whole weeks begin on the guild's own first day: 5 January 2026 is a Monday.
        (Recurrence("days", 14), Calendar("UTC", 0), utc(2026, 1, 7), utc(2026, 1, 5),
         utc(2026, 1, 19)),
        (Recurrence("days", 14), Calendar("UTC", 6), utc(2026, 1, 7), utc(2026, 1, 4),
         utc(2026, 1, 18)),
        (Recurrence("days", 10), Calendar("UTC", 6), utc(2026, 1, 7, 9), utc(2026, 1, 7),
         utc(2026, 1, 17)),
    ],
)  # fmt: skip
def test_borders(
    recurrence: Recurrence, calendar: Calendar, moment: datetime, before: datetime, after: datetime
) -> None:
    assert border_before(moment, recurrence, calendar) == before
    assert border_after(moment, recurrence, calendar) == after


@given(
    moment=MOMENTS,
    zone=st.sampled_from(ZONES),
    every=st.sampled_from(("month", "quarter", "days")),
    days=st.integers(1, 366),
    week_start=st.integers(0, 6),
)
def test_seasons_follow_without_a_gap_from_midnight_to_midnight(
    moment: datetime, zone: str, every: str, days: int, week_start: int
) -> None:
    seasons = Seasons(
        recurrence=Recurrence(every, days),  # type: ignore[arg-type]
        calendar=Calendar(zone, week_start),
    )
    spans = list(islice(upcoming(seasons, moment), 8))
    assert spans[0].starts_at == moment
    for one, other in pairwise(spans):
        assert one.starts_at < one.ends_at == other.starts_at
        day = zones.local(other.starts_at, zone).date()
        assert zones.midnight(day, zone) == other.starts_at
        if every == "days" and days % 7 == 0:
            assert day.weekday() == week_start
        elif every != "days":
            assert day.day == 1 and (every == "month" or day.month % 3 == 1)
    assert border_before(moment, seasons.recurrence, seasons.calendar) <= moment


def plan(number: int, starts: datetime, ends: datetime) -> Plan:
    return Plan(number, 1, f"Cup {number}", starts, ends)


def test_a_plan_is_kept_whole_and_what_recurs_fills_the_time_around_it() -> None:
    cup = plan(71, utc(2026, 4, 10), utc(2026, 5, 4))
    found = list(islice(upcoming(Seasons(recurrence=MONTH, plans=(cup,)), utc(2026, 3, 1)), 4))
    assert [(span.name, span.starts_at, span.ends_at, span.plan_id) for span in found] == [
        ("March 2026", utc(2026, 3, 1), utc(2026, 4, 1), None),
        ("1 April to 9 April 2026", utc(2026, 4, 1), utc(2026, 4, 10), None),
        ("Cup 71", utc(2026, 4, 10), utc(2026, 5, 4), 71),
        ("4 May to 31 May 2026", utc(2026, 5, 4), utc(2026, 6, 1), None),
    ]


def test_without_recurrence_there_is_what_was_planned_and_no_more() -> None:
    late, early = (
        plan(72, utc(2026, 7, 1), utc(2026, 8, 1)),
        plan(71, utc(2026, 4, 10), utc(2026, 5, 4)),
    )
    seasons = Seasons(recurrence=NEVER, plans=(late, early))
    assert [span.plan_id for span in upcoming(seasons, utc(2026, 1, 1))] == [71, 72]
    assert [span.plan_id for span in upcoming(seasons, utc(2026, 5, 4))] == [72]
    assert ahead(seasons, utc(2026, 5, 4)) == [to_ms(utc(2026, 7, 1)), to_ms(utc(2026, 8, 1))]


def test_names_of_quarters_and_across_a_year() -> None:
    seasons = Seasons(recurrence=QUARTER)
    spans = list(islice(upcoming(seasons, utc(2026, 10, 1)), 2))
    assert [span.name for span in spans] == ["October to December 2026", "January to March 2027"]
    (span,) = islice(upcoming(Seasons(recurrence=Recurrence("days", 3)), utc(2026, 12, 30)), 1)
    assert span.name == "30 December to 1 January 2027"


def test_so_much_is_told_ahead_and_the_calendar_has_an_end() -> None:
    assert len(ahead(Seasons(recurrence=MONTH), utc(2026, 1, 1))) == 2 * AHEAD
    assert ahead(Seasons(recurrence=MONTH), utc(9000, 1, 1)) == []


@given(moment=MOMENTS, zone=st.sampled_from(ZONES))
def test_the_recorded_clock_is_the_zones_own(moment: datetime, zone: str) -> None:
    told = zones.offsets(zone, moment, moment + 400 * DAY)
    assert told[0] == to_ms(moment)
    for at, offset in zip(told[::2], told[1::2], strict=True):
        clock = zones.local(datetime.fromtimestamp(at / 1000, UTC), zone).utcoffset()
        assert clock == timedelta(seconds=offset)
    for (_, old), (at, new) in pairwise(zip(told[::2], told[1::2], strict=True)):
        just_before = datetime.fromtimestamp((at - 1) / 1000, UTC)
        assert old != new
        assert zones.local(just_before, zone).utcoffset() == timedelta(seconds=old)
