"""The curve in force: a level follows its change with the member's next gain."""

from events.points import PointsAwarded
from tests.support.facts import GUILD, at, setting
from tests.support.given import given

ANN = 2001


def awarded(number: int, xp: int) -> PointsAwarded:
    return PointsAwarded(
        guild_id=GUILD,
        source_id=f"{number}:point_award",
        user_id=2099,
        target_id=ANN,
        occurred_at=at(number),
        xp=xp,
        reason="test",
    )


def test_a_level_follows_the_curve_with_the_next_gain() -> None:
    told = [
        awarded(1, 1150),  # 5 by ours (1025), as by MEE6
        setting("level_curve", "arcane-flat"),
        awarded(2, 1),
        setting("level_curve", "0 10", revision=2),
        awarded(3, -1),
        setting("level_curve", None, revision=3),
    ]
    given("profiles", *told).then(
        "activity_log",
        "position xp level_from level_to",
        (1, 1150, 0, 5),
        (3, 1, 5, 1),
        (5, -1, 1, 115),
    ).then("profiles", "user_id xp level", (ANN, 1150, 115))


def test_a_curve_that_cannot_be_stops_nothing() -> None:
    told = [setting("level_curve", "5 0"), awarded(1, 125)]
    given("profiles", *told).then("profiles", "user_id level", (ANN, 1))
