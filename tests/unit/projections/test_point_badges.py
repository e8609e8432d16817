"""A badge as a source of points, with a rate, caps and an off switch as any other."""

from events.badges import BadgeEarned
from tests.support.awards import given_badge
from tests.support.facts import GUILD, at, setting
from tests.support.given import given

ANN, BEN, CAT = 2001, 2002, 2003


def test_a_badge_is_worth_the_same_earned_or_given_to_who_gets_it() -> None:
    earned = BadgeEarned(
        guild_id=GUILD,
        source_id=f"{ANN}:badge_earned:level-5",
        user_id=ANN,
        occurred_at=at(1),
        badge="level-5",
        cause_position=77,
    )
    told = [
        earned,
        given_badge(601, "helper", by=CAT, to=BEN, seconds=2),
        given_badge(602, "early", by=CAT, to=BEN, seconds=3),
    ]
    given("profiles", *told).then("activity_log", "user_id xp")  # nothing unless an admin says so
    worth = [setting("badge_xp", 30), setting("badge_stars", 4), setting("badge_day_cap", 50)]
    folded = given("profiles", *worth, *told)
    folded.then("profiles", "user_id xp stars", (ANN, 30, 4), (BEN, 50, 8))
    assert folded.rows("activity_log", "user_id source xp") == [
        (ANN, "badge", 30),
        (BEN, "badge", 30),
        (BEN, "badge", 20),
    ]
    off = given("profiles", *worth, setting("badge_on", 0), *told)
    off.then("activity_log", "user_id xp")
