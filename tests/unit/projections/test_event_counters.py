"""Counts of what each member did, by category, in three kinds of period."""

from events.engine.catalogue import event_types
from projections.engine.read_model import named
from tests.support.facts import message, season, season_end
from tests.support.given import given

ANN, BEN = 2001, 2002
DAY = 86400
COLUMNS = "user_id event_type category_id period bucket count"


def test_each_event_counts_for_its_member_type_category_and_periods() -> None:
    given(
        "event_counters",
        message(501, user=ANN, category_id=3501),
        season(7, starts=0, ends=10 * DAY),
        message(502, user=ANN, category_id=3501, seconds=1),
        message(503, user=ANN, category_id=3502, seconds=DAY),
        message(504, user=BEN, seconds=-1),  # told late: not of this season
        season_end(7, seconds=2 * DAY),
        message(505, user=BEN, seconds=2 * DAY),
    ).then(
        "event_counters",
        COLUMNS,
        (ANN, "message_create", 3501, "day", 20260105, 2),
        (ANN, "message_create", 3501, "lifetime", 0, 2),
        (ANN, "message_create", 3501, "season", 7, 1),
        (ANN, "message_create", 3502, "day", 20260106, 1),
        (ANN, "message_create", 3502, "lifetime", 0, 1),
        (ANN, "message_create", 3502, "season", 7, 1),
        (BEN, "message_create", 0, "day", 20260105, 1),
        (BEN, "message_create", 0, "day", 20260107, 1),
        (BEN, "message_create", 0, "lifetime", 0, 2),
    )


def test_what_nobody_did_is_not_counted() -> None:
    folded = given("event_counters", season(1, starts=0, ends=DAY))
    folded.then("event_counters", COLUMNS)


def test_every_type_is_counted_unasked() -> None:
    assert set(named("event_counters").handles) == set(event_types().values())
