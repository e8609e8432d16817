"""Badges: one row for each that a member earned."""

from events.badges import BadgeEarned
from tests.support.facts import GUILD, at
from tests.support.given import given


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
        earned(2001, "level-5", seconds=10),
        earned(2002, "level-5", seconds=20),
        earned(2001, "level-1", seconds=30),
    ).then(
        "badges",
        "user_id badge earned_at position",
        (2001, "level-1", at(30), 3),
        (2001, "level-5", at(10), 1),
        (2002, "level-5", at(20), 2),
    )
