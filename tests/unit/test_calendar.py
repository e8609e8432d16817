"""The calendar of claims: no zone change doubles a claim, none loses one, none breaks a streak."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.decisions.calendar import Claim, Missed, Move, Outage, missed, opens_at
from events.decisions.zones import DAY, WEEK, Span

EAST, WEST = "Pacific/Kiritimati", "Etc/GMT+12"  # UTC+14 and UTC-12
BERLIN, SYDNEY, ANGELES = "Europe/Berlin", "Australia/Sydney", "America/Los_Angeles"
ZONES = (
    "UTC", EAST, WEST, BERLIN, SYDNEY, ANGELES,
    "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo",
)  # fmt: skip
WIDEST = timedelta(hours=26)
"""Between the easternmost and the westernmost zone."""


class Member:
    """Somebody who moves and claims; keeps what the records would keep."""

    def __init__(self, span: Span, zone: str) -> None:
        self.span, self.zone = span, zone
        self.claims: list[Claim] = []
        self.moves: list[Move] = []

    def move(self, zone: str, now: datetime) -> None:
        if zone != self.zone:
            self.zone = zone
            self.moves.append(Move(zone, now))

    def try_to_claim(self, now: datetime) -> bool:
        streak = 0
        if self.claims:
            last = self.claims[-1]
            if now < opens_at(self.span, last, self.zone):
                return False
            gone = missed(self.span, last, self.moves, [], now)
            streak = 0 if gone.days else last.streak
        first = self.span.at(now, self.zone)
        assert not self.claims or first > self.claims[-1].first
        self.claims.append(Claim(first, now, self.zone, streak + 1))
        self.moves.clear()
        return True


starts = st.one_of(
    st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([
        datetime(2028, 2, 27, 9, tzinfo=UTC),  # a leap year's February
        datetime(2026, 3, 6, 12, tzinfo=UTC),  # America, then Europe, springs forward
        datetime(2026, 10, 2, 12, tzinfo=UTC),  # Australia springs forward, the others fall back
        datetime(2026, 12, 29, tzinfo=UTC),  # a year of 53 ISO weeks ends
    ]),
)  # fmt: skip
steps = st.lists(
    st.tuples(st.integers(1, 60 * 60), st.none() | st.sampled_from(ZONES)),
    min_size=1,
    max_size=60,
)
"""Minutes that pass, and then a move or (None) an attempt to claim."""


@pytest.mark.parametrize("span", [DAY, WEEK], ids=["days", "weeks"])
@given(start=starts, steps=steps)
def test_whatever_the_moves_there_is_one_claim_a_day_on_average(
    span: Span, start: datetime, steps: list[tuple[int, str | None]]
) -> None:
    member, now = Member(span, "UTC"), start
    for minutes, zone in steps:
        now += timedelta(minutes=minutes * span.days)
        if zone is None:
            member.try_to_claim(now)
        else:
            member.move(zone, now)
            member.try_to_claim(now)
    claims = member.claims
    for i, first in enumerate(claims):
        for n, later in enumerate(claims[i:], start=1):
            days = (later.at - first.at + WIDEST) / timedelta(days=span.days)
            assert n <= int(days) + 2
    for before, after in pairwise(claims):
        if before.zone != after.zone:
            assert after.at - before.at >= timedelta(days=span.days, hours=-4)


@given(start=starts, moves=st.lists(st.tuples(st.integers(1, 90), st.sampled_from(ZONES))))
def test_who_always_claims_when_it_opens_loses_neither_streak_nor_claims_by_moving(
    start: datetime, moves: list[tuple[int, str]]
) -> None:
    member, now = Member(DAY, "UTC"), start
    for hours, zone in [*moves, (30, "UTC")]:
        for _ in range(hours):
            now += timedelta(hours=1)
            member.try_to_claim(now)
        member.move(zone, now)
    claims = member.claims
    assert [claim.streak for claim in claims] == list(range(1, len(claims) + 1))
    days = (claims[-1].at - claims[0].at) / timedelta(days=1)
    assert len(claims) >= int(days - WIDEST / timedelta(days=1))


@given(start=starts, zone=st.sampled_from(ZONES), absent=st.integers(1, 40))
def test_who_stays_in_a_zone_misses_exactly_the_days_away(
    start: datetime, zone: str, absent: int
) -> None:
    first = DAY.at(start, zone)
    last = Claim(first, start, zone, 9)
    back = opens_at(DAY, Claim(first + timedelta(days=absent - 1), start, zone, 9), zone)
    assert missed(DAY, last, [], [], back) == Missed(absent - 1, 0)


def claim(first: date, at: datetime, zone: str) -> Claim:
    return Claim(first, at, zone, 5)


def utc(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_in_one_zone_a_minute_before_and_a_minute_after_midnight_are_two_days() -> None:
    late = claim(date(2026, 6, 1), utc(6, 1, 21, 59), BERLIN)
    assert opens_at(DAY, late, BERLIN) == utc(6, 1, 22)


def test_flying_east_over_midnight_waits_twenty_hours_and_the_skipped_date_is_not_missed() -> None:
    evening = claim(date(2026, 6, 1), utc(6, 2, 4), ANGELES)  # 21:00 there, 14:00 of the 2nd here
    assert opens_at(DAY, evening, SYDNEY) == utc(6, 3, 0)  # 10:00 of the 3rd
    moved = [Move(SYDNEY, utc(6, 2, 4, 5))]
    assert missed(DAY, evening, moved, [], utc(6, 3, 13)) == Missed(0, 0)
    assert missed(DAY, evening, moved, [], utc(6, 3, 14)) == Missed(0, 0)  # the 4th: it was cut
    assert missed(DAY, evening, moved, [], utc(6, 4, 14)) == Missed(1, 0)  # the 5th


def test_flying_west_the_same_date_comes_again_and_is_not_paid_again() -> None:
    morning = claim(date(2026, 6, 2), utc(6, 1, 23), SYDNEY)  # 09:00
    assert opens_at(DAY, morning, ANGELES) == utc(6, 3, 7)
    moved = [Move(ANGELES, utc(6, 2, 5))]
    assert missed(DAY, morning, moved, [], utc(6, 4, 6, 59)) == Missed(0, 0)
    assert missed(DAY, morning, moved, [], utc(6, 4, 7)) == Missed(1, 0)


def test_a_zone_that_is_changed_only_to_claim_hides_no_missed_day() -> None:
    monday = claim(date(2026, 6, 1), utc(6, 1, 12), "UTC")
    moved = [Move(BERLIN, utc(6, 3, 11, 59))]
    assert missed(DAY, monday, moved, [], utc(6, 3, 12)) == Missed(1, 0)


def test_a_day_that_is_missed_in_two_zones_is_missed_once() -> None:
    monday = claim(date(2026, 6, 1), utc(5, 31, 10), EAST)
    moved = [Move(WEST, utc(6, 2, 11))]  # the 2nd is over in the east and begins in the west
    assert missed(DAY, monday, moved, [], utc(6, 3, 12)) == Missed(1, 0)


def test_a_date_that_comes_again_in_the_west_can_still_be_claimed_and_is_not_missed() -> None:
    monday = claim(date(2026, 6, 1), utc(5, 31, 10), EAST)
    moved = [Move(WEST, utc(6, 2, 11))]
    assert opens_at(DAY, monday, WEST) == utc(6, 2, 12)
    assert missed(DAY, monday, moved, [], utc(6, 2, 13)) == Missed(0, 0)


def test_a_day_that_a_move_cut_short_is_not_missed() -> None:
    monday = claim(date(2026, 6, 1), utc(6, 1, 0, 30), "UTC")
    moved = [Move(BERLIN, utc(6, 2, 12))]
    assert missed(DAY, monday, moved, [], utc(6, 3, 10)) == Missed(0, 0)


def test_leap_days_and_clock_changes_are_days_like_others() -> None:
    for zone, days in (
        (BERLIN, [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)]),
        (BERLIN, [date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30)]),
        (ANGELES, [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2)]),
    ):
        for before, after in pairwise(days):
            noon = datetime(before.year, before.month, before.day, 12, tzinfo=UTC)
            opens = opens_at(DAY, claim(before, noon, zone), zone)
            assert DAY.at(opens, zone) == after
        noon = datetime(days[0].year, days[0].month, days[0].day, 12, tzinfo=UTC)
        back = datetime(days[2].year, days[2].month, days[2].day, 20, tzinfo=UTC)
        assert missed(DAY, claim(days[0], noon, zone), [], [], back) == Missed(1, 0)


def test_a_date_that_a_zone_left_out_is_not_missed() -> None:
    samoa = claim(date(2011, 12, 29), utc(12, 29, 20, year=2011), "Pacific/Apia")
    assert opens_at(DAY, samoa, "Pacific/Apia") == utc(12, 30, 10, year=2011)
    assert missed(DAY, samoa, [], [], utc(12, 31, 9, year=2011)) == Missed(0, 0)


@pytest.mark.parametrize(
    ("began", "ended", "forgiven"),
    [
        (utc(6, 1, 23), utc(6, 2, 0), 0),  # over before the day began
        (utc(6, 1, 23), utc(6, 2, 0, 1), 1),
        (utc(6, 2, 12), utc(6, 2, 12, 5), 1),
        (utc(6, 2, 23, 59), utc(6, 3, 0, 1), 2),
        (utc(6, 4, 0), utc(6, 4, 5), 0),  # the day of the claim itself
    ],
)
def test_a_day_on_which_the_bot_was_down_is_forgiven(
    began: datetime, ended: datetime, forgiven: int
) -> None:
    last = claim(date(2026, 6, 1), utc(6, 1, 12), "UTC")
    assert missed(DAY, last, [], [Outage(began, ended)], utc(6, 4, 12)) == Missed(2, forgiven)


def test_weeks_begin_on_monday_and_go_over_the_end_of_a_year_of_53() -> None:
    last = claim(date(2026, 12, 28), utc(12, 31), "UTC")
    assert opens_at(WEEK, last, "UTC") == utc(1, 4, year=2027)
    assert missed(WEEK, last, [], [], utc(1, 10, 23, year=2027)) == Missed(0, 0)
    assert missed(WEEK, last, [], [], utc(1, 11, year=2027)) == Missed(1, 0)


def test_a_week_claimed_on_sunday_here_opens_late_on_monday_there() -> None:
    last = claim(date(2026, 6, 1), utc(6, 7, 12), "UTC")
    assert opens_at(WEEK, last, "UTC") == utc(6, 8)
    assert opens_at(WEEK, last, BERLIN) == utc(6, 14, 8)
