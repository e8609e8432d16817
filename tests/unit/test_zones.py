"""Zones: how they are found, and where their days and weeks begin."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.decisions.zones import DAY, WEEK, known, local, matching, midnight, named
from events.engine.errors import Refused


@pytest.mark.parametrize("typed", ["Europe/Berlin", "europe/berlin", " EUROPE/BERLIN "])
def test_a_zone_is_found_however_it_is_typed(typed: str) -> None:
    assert named(typed) == "Europe/Berlin"


def test_a_blank_stands_for_an_underscore() -> None:
    assert named("america/new york") == "America/New_York"


@pytest.mark.parametrize("typed", ["", "Berlin", "Mars/Olympus", "../../etc/passwd", "localtime"])
def test_an_unknown_zone_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refused, match="`Europe/Berlin`"):
        named(typed)


def test_the_city_that_begins_so_comes_first() -> None:
    assert matching("york", 5) == ["America/New_York"]
    assert matching("new", 3)[0] == "America/New_York"
    assert len(matching("", 25)) == 25


def test_every_zone_can_be_used_by_its_name() -> None:
    assert len(known()) > 400
    for name in known().values():
        assert local(datetime(2026, 1, 1, tzinfo=UTC), name).tzinfo == ZoneInfo(name)


def test_a_zone_that_this_machine_does_not_know_is_utc() -> None:
    assert midnight(date(2026, 1, 2), "Moon/Tranquility") == datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23.0),
        ("Europe/Berlin", date(2026, 10, 25), 25.0),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Africa/Cairo", date(2026, 4, 24), 23.0),  # the clocks skip its midnight
        ("Pacific/Apia", date(2011, 12, 30), 0.0),  # left out of the calendar
        ("Asia/Kathmandu", date(2028, 2, 29), 24.0),
    ],
)
def test_how_long_a_day_is(zone: str, day: date, hours: float) -> None:
    assert midnight(DAY.after(day), zone) - midnight(day, zone) == timedelta(hours=hours)


@given(
    st.datetimes(datetime(2012, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(sorted(known().values())),
)
def test_a_moment_lies_within_its_day_and_its_week(moment: datetime, zone: str) -> None:
    for span in (DAY, WEEK):
        first = span.at(moment, zone)
        assert midnight(first, zone) <= moment < midnight(span.after(first), zone)
        assert span.of(first) == first
    assert WEEK.at(moment, zone).weekday() == 0
