"""How admins have seasons go on: what becomes of it, and each thing that cannot be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from events.calendars import CalendarSet
from events.decisions import season_admin
from events.decisions.asked import Asked
from events.decisions.season_plan import Calendar, Newest, Plan, Recurrence, Seasons
from events.decisions.seasons import Standing, end
from events.engine.errors import Refused
from events.engine.snowflake import from_ms, snowflake_at, to_ms
from events.seasons import SeasonEdited, SeasonPlanned, SeasonRecurrenceSet, SeasonStarted
from tests.support.facts import GUILD

ADMIN, BERLIN = 2099, "Europe/Berlin"
NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
ASKED = Asked(GUILD, snowflake_at(NOW, 77), ADMIN, 3001)
RUNNING = Newest(
    6,
    "March 2026",
    datetime(2026, 3, 1, tzinfo=UTC),
    datetime(2026, 4, 1, tzinfo=UTC),
    is_open=True,
)
CUP = Plan(71, 2, "Cup", datetime(2026, 5, 4, tzinfo=UTC), datetime(2026, 5, 11, tzinfo=UTC))
MONTHLY = Seasons(newest=RUNNING, recurrence=Recurrence("month", revision=3), plans=(CUP,))
IDLE = Seasons(
    newest=replace(RUNNING, ends_at=NOW - timedelta(hours=1), is_open=False),
    recurrence=Recurrence("never"),
    plans=(CUP,),
)
MAY_2, MAY_3, MAY_8 = date(2026, 5, 2), date(2026, 5, 3), date(2026, 5, 8)


def days(ahead: list[int]) -> list[tuple[int, int]]:
    """The month and day on which each season to come begins and ends."""
    return [(from_ms(ms).month, from_ms(ms).day) for ms in ahead]


def test_a_season_is_planned_among_those_that_recur() -> None:
    fact = season_admin.create(ASKED, MONTHLY, " Spring ", MAY_2, MAY_3)
    assert isinstance(fact, SeasonPlanned)
    assert (fact.source_id, fact.name) == (f"rule:season_plan:{ASKED.interaction_id}:1", "Spring")
    assert days([fact.starts_ms, fact.ends_ms]) == [(5, 2), (5, 4)]
    assert days(fact.ahead)[:10] == [
        *((4, 1), (5, 1)),
        *((5, 1), (5, 2)),
        *((5, 2), (5, 4)),  # the new one
        *((5, 4), (5, 11)),  # the cup
        *((5, 11), (6, 1)),
    ]


def test_days_are_the_guilds_own() -> None:
    berlin = replace(MONTHLY, calendar=Calendar(BERLIN))
    fact = season_admin.create(ASKED, berlin, "Spring", MAY_2, MAY_3)
    assert isinstance(fact, SeasonPlanned)
    assert from_ms(fact.starts_ms) == datetime(2026, 5, 1, 22, tzinfo=UTC)
    assert from_ms(fact.ends_ms) == datetime(2026, 5, 3, 22, tzinfo=UTC)


@pytest.mark.parametrize("first", [None, NOW.date()])
def test_a_season_begins_at_once_where_none_is_running(first: date | None) -> None:
    fact = season_admin.create(ASKED, IDLE, "Spring", first, MAY_3)
    assert isinstance(fact, SeasonStarted)
    assert (fact.number, fact.user_id, fact.plan_id) == (7, ADMIN, ASKED.interaction_id)
    assert from_ms(fact.starts_ms) == NOW
    assert days(fact.ahead) == [(5, 4), (5, 11)]


def test_the_running_season_gets_another_name_and_end() -> None:
    fact = season_admin.edit_running(ASKED, MONTHLY, 6, "Spring", date(2026, 4, 20))
    assert isinstance(fact, SeasonEdited)
    assert (fact.source_id, fact.name) == ("rule:season:6:edit:1", "Spring")
    assert days([fact.ends_ms]) == [(4, 21)]
    assert days(fact.ahead)[:4] == [(4, 21), (5, 1), (5, 1), (5, 4)]
    kept = season_admin.edit_running(ASKED, MONTHLY, 6, "Spring", None)
    assert from_ms(kept.ends_ms) == RUNNING.ends_at


def test_a_plan_is_changed_and_taken_back() -> None:
    fact = season_admin.edit_plan(ASKED, MONTHLY, 71, None, MAY_2, MAY_8)
    assert (fact.source_id, fact.name, fact.cancelled) == ("rule:season_plan:71:3", "Cup", False)
    assert days(fact.ahead)[2:6] == [(5, 1), (5, 2), (5, 2), (5, 9)]
    gone = season_admin.cancel_plan(ASKED, MONTHLY, 71)
    assert (gone.source_id, gone.cancelled) == ("rule:season_plan:71:3", True)
    assert days(gone.ahead)[:6] == [(4, 1), (5, 1), (5, 1), (6, 1), (6, 1), (7, 1)]


def test_seasons_recur_otherwise_after_the_one_that_is_running() -> None:
    (fact,) = season_admin.set_recurrence(ASKED, MONTHLY, "days", 14, based_on=3)
    assert isinstance(fact, SeasonRecurrenceSet)
    assert (fact.source_id, fact.previous_every) == ("rule:season_recurrence:4", "month")
    assert days(fact.ahead)[:6] == [(4, 1), (4, 13), (4, 13), (4, 27), (4, 27), (5, 4)]
    (off,) = season_admin.set_recurrence(ASKED, MONTHLY, "never", None, based_on=3)
    assert isinstance(off, SeasonRecurrenceSet) and days(off.ahead) == [(5, 4), (5, 11)]


def test_where_none_is_running_one_begins_when_seasons_are_to_recur() -> None:
    fact, opened = season_admin.set_recurrence(ASKED, IDLE, "month", None, based_on=0)
    assert isinstance(fact, SeasonRecurrenceSet) and isinstance(opened, SeasonStarted)
    assert (opened.number, from_ms(opened.starts_ms)) == (7, NOW)
    assert days([opened.ends_ms]) == [(4, 1)]


def test_another_calendar_moves_the_borders_to_come_and_tells_the_clock() -> None:
    fact = season_admin.set_calendar(ASKED, MONTHLY, "europe/berlin", 6, based_on=0)
    assert isinstance(fact, CalendarSet)
    assert (fact.source_id, fact.zone, fact.week_start) == ("rule:calendar:1", BERLIN, 6)
    assert [from_ms(ms) for ms in fact.ahead[:2]] == [
        RUNNING.ends_at,  # the running season keeps its end
        datetime(2026, 4, 30, 22, tzinfo=UTC),
    ]
    at = fact.offsets.index(to_ms(datetime(2026, 3, 29, 1, tzinfo=UTC)))
    assert fact.offsets[at + 1] == 2 * 3600
    assert from_ms(fact.offsets[-2]).year >= NOW.year + 19


Do = Callable[[], Any]
LONG = "x" * 51


@pytest.mark.parametrize(
    ("do", "sentence"),
    [
        (
            lambda: season_admin.create(ASKED, MONTHLY, "Spring", None, MAY_3),
            "runs until 2026-03-31",
        ),
        (lambda: season_admin.create(ASKED, MONTHLY, "S", date(2026, 3, 31), MAY_3), "runs until"),
        (lambda: season_admin.create(ASKED, MONTHLY, "S", MAY_3, MAY_8), "Cup is planned"),
        (lambda: season_admin.create(ASKED, MONTHLY, "S", MAY_3, MAY_2), "before the first"),
        (lambda: season_admin.create(ASKED, MONTHLY, "  ", MAY_2, MAY_3), "needs a name"),
        (lambda: season_admin.create(ASKED, MONTHLY, LONG, MAY_2, MAY_3), "at most 50"),
        (lambda: season_admin.create(ASKED, MONTHLY, "a\nb", MAY_2, MAY_3), "one line"),
        (lambda: season_admin.create(ASKED, IDLE, "S", date(2026, 3, 9), MAY_3), "is over"),
        (lambda: season_admin.create(ASKED, IDLE, "S", None, date(2026, 3, 9)), "last day is over"),
        (lambda: season_admin.create(ASKED, IDLE, "S", None, date(9999, 12, 31)), "too far away"),
        (lambda: season_admin.create(ASKED, IDLE, "S", date(1, 1, 1), MAY_3), "too far away"),
        (lambda: season_admin.create(ASKED, IDLE, "S", None, MAY_8), "Cup is planned"),
        (lambda: season_admin.edit_running(ASKED, IDLE, 6, "S", None), "is not running"),
        (lambda: season_admin.edit_running(ASKED, MONTHLY, 5, "S", None), "is not running"),
        (lambda: season_admin.edit_running(ASKED, MONTHLY, 6, None, None), "like that already"),
        (lambda: season_admin.edit_running(ASKED, MONTHLY, 6, None, MAY_8), "Cup is planned"),
        (
            lambda: season_admin.edit_running(ASKED, MONTHLY, 6, None, date(2026, 3, 9)),
            "/season end",
        ),
        (
            lambda: season_admin.edit_plan(ASKED, MONTHLY, 9, "S", None, None),
            "not planned any more",
        ),
        (
            lambda: season_admin.edit_plan(ASKED, MONTHLY, 71, "Cup", None, None),
            "like that already",
        ),
        (
            lambda: season_admin.edit_plan(ASKED, MONTHLY, 71, None, date(2026, 3, 10), None),
            "is over or has begun",
        ),
        (
            lambda: season_admin.edit_plan(ASKED, MONTHLY, 71, None, date(2026, 3, 20), None),
            "runs until",
        ),
        (lambda: season_admin.edit_plan(ASKED, MONTHLY, 71, None, None, MAY_3), "before the first"),
        (lambda: season_admin.cancel_plan(ASKED, MONTHLY, 9), "not planned any more"),
        (lambda: season_admin.set_recurrence(ASKED, MONTHLY, "days", None, based_on=3), "how many"),
        (lambda: season_admin.set_recurrence(ASKED, MONTHLY, "days", 367, based_on=3), "1 to 366"),
        (
            lambda: season_admin.set_recurrence(ASKED, MONTHLY, "month", 3, based_on=3),
            "Leave it out",
        ),
        (lambda: season_admin.set_recurrence(ASKED, MONTHLY, "month", None, based_on=3), "already"),
        (
            lambda: season_admin.set_recurrence(ASKED, MONTHLY, "never", None, based_on=2),
            "meantime",
        ),
        (lambda: season_admin.set_calendar(ASKED, MONTHLY, "UTC", 0, based_on=0), "already"),
        (lambda: season_admin.set_calendar(ASKED, MONTHLY, BERLIN, 0, based_on=1), "meantime"),
        (lambda: season_admin.set_calendar(ASKED, MONTHLY, BERLIN, 7, based_on=0), "seven days"),
        (
            lambda: season_admin.set_calendar(ASKED, MONTHLY, "Bielefeld", 0, based_on=0),
            "no time zone",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(do: Do, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        do()


def test_nothing_is_changed_while_a_season_is_over_and_not_closed() -> None:
    over = replace(MONTHLY, newest=replace(RUNNING, ends_at=NOW))
    acts: list[Do] = [
        lambda: season_admin.create(ASKED, over, "S", MAY_2, MAY_3),
        lambda: season_admin.edit_running(ASKED, over, 6, "S", None),
        lambda: season_admin.edit_plan(ASKED, over, 71, "S", None, None),
        lambda: season_admin.cancel_plan(ASKED, over, 71),
        lambda: season_admin.set_recurrence(ASKED, over, "never", None, based_on=3),
        lambda: season_admin.set_calendar(ASKED, over, BERLIN, 0, based_on=0),
        lambda: end(ASKED, over, 6, Standing(), position=1),
    ]
    for do in acts:
        with pytest.raises(Refused, match="is just ending"):
            do()


def test_a_season_that_a_wrong_clock_opened_too_early_is_not_ended_before_it_begins() -> None:
    early = replace(MONTHLY, newest=replace(RUNNING, starts_at=NOW + timedelta(days=1)))
    with pytest.raises(Refused, match="clock that was ahead"):
        end(ASKED, early, 6, Standing(), position=1)
    with pytest.raises(Refused, match="clock that was ahead"):
        season_admin.edit_running(ASKED, early, 6, None, date(2026, 3, 20))
    assert season_admin.edit_running(ASKED, early, 6, "Spring", None).name == "Spring"


def test_so_many_can_be_planned() -> None:
    start = datetime(2026, 6, 1, tzinfo=UTC)
    plans = [
        Plan(n, 1, f"P{n}", start + timedelta(days=n), start + timedelta(days=n + 1))
        for n in range(season_admin.MAX_PLANS)
    ]
    with pytest.raises(Refused, match="At most 10"):
        season_admin.create(ASKED, replace(MONTHLY, plans=tuple(plans)), "S", MAY_2, MAY_3)
