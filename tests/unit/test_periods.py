"""Periods by name and by date: which days they are, and what is refused."""

from datetime import date, timedelta

import pytest

from bot.points import periods
from bot.points.periods import Period, of_days, typed
from events.engine.errors import Refused

WEDNESDAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("word", "week_start", "first", "last"),
    [
        ("day", 0, (3, 4), (3, 4)),
        ("lastday", 0, (3, 3), (3, 3)),
        ("week", 0, (3, 2), (3, 8)),
        ("week", 6, (3, 1), (3, 7)),
        ("week", 2, (3, 4), (3, 10)),
        ("lastweek", 6, (2, 22), (2, 28)),
        ("month", 0, (3, 1), (3, 31)),
        ("lastmonth", 0, (2, 1), (2, 28)),
    ],
)
def test_the_days_of_a_period(
    word: str, week_start: int, first: tuple[int, int], last: tuple[int, int]
) -> None:
    found = periods._named(word, WEDNESDAY, week_start)
    assert found == (date(2026, *first), date(2026, *last))


def test_the_last_month_of_a_year_ends_in_it() -> None:
    assert periods._named("month", date(2026, 12, 31), 0)[1] == date(2026, 12, 31)
    assert periods._named("lastmonth", date(2026, 1, 1), 0)[0] == date(2025, 12, 1)


def test_days_are_told_by_their_dates_and_a_word_that_buttons_carry() -> None:
    first = periods.number(WEDNESDAY)
    assert of_days(first, first + 7) == Period(
        f"d{first}x{first + 7}", "4 March 2026 to 11 March 2026", days=(first, first + 7)
    )
    assert of_days(first, first, title="today").title == "today (4 March 2026)"
    with pytest.raises(Refused, match="lies before the first"):
        of_days(first, first - 1)


def test_a_day_far_away_is_still_a_day() -> None:
    assert periods.day(10**6) == date(4707, 11, 29)
    assert periods.day(10**9) == date.max
    assert periods.day(-(10**6)) == date.min
    assert periods.number(periods.day(7)) == 7


@pytest.mark.parametrize(
    "text", ["2026-02-29", "yesterday", "2026-1", "0000-01-01", "99999-01-01", ""]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="is no date"):
        typed(text)


def test_a_date_may_be_written_short() -> None:
    assert typed(" 2026-3-4 ") == WEDNESDAY
    assert typed("2026-03-04") + timedelta(days=1) == date(2026, 3, 5)
