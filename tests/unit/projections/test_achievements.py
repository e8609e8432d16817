"""Achievements that members have: got, given by hand, taken back."""

from tests.support.achieving import forfeited, got
from tests.support.awards import CHIEF
from tests.support.facts import at
from tests.support.given import given

ANN, BEN = 2001, 2002


def test_each_award_of_each_member_and_what_became_of_it() -> None:
    by_hand = got("owl", CHIEF, seconds=30, coins=9).model_copy(
        update={
            "target_id": BEN,
            "way": "hand",
            "cause_position": None,
            "reason": "for the raid",
            "source_id": f"{BEN}:achievement:owl",
        }
    )
    given(
        "achievements",
        got("talker", ANN, seconds=10, xp=50),
        got("talker", ANN, seconds=20, season=3),
        by_hand,
        forfeited(2, "talker", of=ANN, seconds=40),
        forfeited(99, "talker", of=ANN, seconds=50),
    ).then(
        "achievements",
        "award user_id achievement season revision way awarded_by cause_position earned_at xp "
        "coins reason revoked_by revoked_at",
        (1, ANN, "talker", 0, 1, "live", None, 77, at(10), 50, 0, None, None, None),
        (2, ANN, "talker", 3, 1, "live", None, 77, at(20), 0, 0, None, CHIEF, at(40)),
        (3, BEN, "owl", 0, 1, "hand", CHIEF, None, at(30), 0, 9, "for the raid", None, None),
    )


def test_what_an_achievement_brings_is_in_the_profile_with_its_reason() -> None:
    folded = given("profiles", got("talker", ANN, xp=50), got("owl", ANN))
    assert folded.of("profiles", ANN, "xp") == 50
    folded.then(
        "activity_log",
        "position user_id source xp factors",
        (1, ANN, "achievement", 50, {"achievement": "talker"}),
    )
