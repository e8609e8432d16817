"""Badges: one row for each award, whoever gave it, whatever became of it."""

from events.badges import BadgeEarned
from tests.support.awards import given_badge, revoked_badge
from tests.support.facts import GUILD, at
from tests.support.given import given

ADMIN, ANN, BEN = 2099, 2001, 2002


def earned(user: int, badge: str, *, seconds: float) -> BadgeEarned:
    return BadgeEarned(
        guild_id=GUILD,
        source_id=f"{user}:badge_earned:{badge}",
        user_id=user,
        occurred_at=at(seconds),
        badge=badge,
        cause_position=77,
    )


def test_each_badge_of_each_member() -> None:
    given(
        "badges",
        earned(ANN, "level-5", seconds=10),
        earned(BEN, "level-5", seconds=20),
        earned(ANN, "level-1", seconds=30),
    ).then(
        "badges",
        "award user_id badge earned_at awarded_by",
        (1, ANN, "level-5", at(10), None),
        (2, BEN, "level-5", at(20), None),
        (3, ANN, "level-1", at(30), None),
    )


def test_a_badge_is_passed_on_taken_back_and_given_anew() -> None:
    given(
        "badges",
        given_badge(501, "star", by=ADMIN, to=ANN, reason="for the raid", seconds=10),
        given_badge(502, "star", by=ANN, to=BEN, parent=1, seconds=20),
        revoked_badge(1, "star", of=ANN, seconds=30),
        given_badge(503, "star", by=ADMIN, to=ANN, seconds=40),
        revoked_badge(77, "star", of=BEN, seconds=50),
    ).then(
        "badges",
        "award user_id awarded_by parent reason revoked_by revoked_at",
        (1, ANN, ADMIN, None, "for the raid", ADMIN, at(30)),
        (2, BEN, ANN, 1, None, None, None),
        (4, ANN, ADMIN, None, None, None, None),
    )
