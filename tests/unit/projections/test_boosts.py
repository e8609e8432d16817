"""Boosts: what is kept of them, and what they do to the points that a member earns meanwhile."""

import pytest

from events.boosts import BoostStarted
from events.engine.snowflake import to_ms
from events.voice import VoiceJoined, VoiceLeft
from projections.points.boosts import boosted
from tests.support.facts import GUILD, at, message, reaction, setting, voice
from tests.support.given import given

ANN, BEN = 2001, 2002


def ms(seconds: float) -> int:
    return to_ms(at(seconds))


def boost(
    number: int,
    *,
    starts: float,
    ends: float,
    user: int = ANN,
    what: str = "xp",
    percent: int = 200,
) -> BoostStarted:
    return BoostStarted(
        guild_id=GUILD,
        source_id=f"{number}:boost_started",
        user_id=user,
        occurred_at=at(starts),
        what=what,
        percent=percent,
        starts_ms=ms(starts),
        ends_ms=ms(ends),
    )


def test_the_newest_boost_of_each_kind_is_kept() -> None:
    given(
        "boosts",
        boost(1, starts=10, ends=70),
        boost(2, starts=15, ends=75, what="stars", percent=150),
        boost(3, starts=20, ends=80, user=BEN, percent=300),
        boost(4, starts=100, ends=160, percent=250),
    ).then(
        "boosts",
        "user_id what percent starts_ms ends_ms",
        (ANN, "stars", 150, ms(15), ms(75)),
        (ANN, "xp", 250, ms(100), ms(160)),
        (BEN, "xp", 300, ms(20), ms(80)),
    )


@pytest.mark.parametrize(
    ("starts", "percent", "begins"), [(70, 200, 10), (70.001, 200, 70.001), (60, 300, 60)]
)
def test_one_that_lengthens_another_begins_where_that_did(
    starts: float, percent: int, begins: float
) -> None:
    given(
        "boosts",
        boost(1, starts=10, ends=70),
        boost(2, starts=starts, ends=130, percent=percent),
    ).then("boosts", "percent starts_ms ends_ms", (percent, ms(begins), ms(130)))


@pytest.mark.parametrize(
    ("seconds", "xp", "factors"),
    [
        (9.999, 15, {"xp": 15, "stars": 1, "times": 1}),
        (10, 30, {"xp": 15, "stars": 1, "times": 1, "xp_percent": 200}),
        (69.999, 30, {"xp": 15, "stars": 1, "times": 1, "xp_percent": 200}),
        (70, 15, {"xp": 15, "stars": 1, "times": 1}),
    ],
)
def test_points_are_boosted_from_its_first_moment_to_its_last(
    seconds: float, xp: int, factors: dict[str, int]
) -> None:
    given("profiles", boost(1, starts=10, ends=70), message(2, user=ANN, seconds=seconds)).then(
        "activity_log", "user_id xp stars factors", (ANN, xp, 1, factors)
    ).then("profiles", "user_id xp stars", (ANN, xp, 1))


def test_a_boost_is_the_members_own_and_of_its_kind() -> None:
    given(
        "profiles",
        boost(1, starts=0, ends=60, what="stars", percent=300),
        message(2, user=ANN, seconds=5),
        message(3, user=BEN, seconds=6),
        reaction(3, user=ANN, author=BEN, seconds=7),
    ).then("profiles", "user_id xp stars", (ANN, 15 + 5, 3 + 3), (BEN, 15 + 8, 1 + 2)).then(
        "profiles", "boosts", ({"stars": [300, ms(0), ms(60)]},), (None,)
    )


def test_what_is_imported_is_not_boosted() -> None:
    told = message(2, user=ANN, seconds=20, import_id="dce:1")
    folded = given("profiles", boost(1, starts=10, ends=70), told)
    assert folded.of("profiles", ANN, "xp") == 15


def test_periods_in_voice_are_multiplied_together_and_rounded_once() -> None:
    folded = given(
        "profiles",
        setting("voice_xp", 5),
        boost(1, starts=0, ends=7200, percent=150),
        voice(VoiceJoined, 1, user=ANN, channel=51, seconds=10),
        voice(VoiceJoined, 1, user=BEN, channel=51, seconds=20),
        voice(VoiceLeft, 2, user=BEN, channel=51, seconds=20 + 3 * 600),
    )
    assert folded.of("profiles", ANN, "xp") == 22  # 3 x 5 x 1.5 is 22.5
    assert folded.of("profiles", BEN, "xp") == 15
    assert (boosted(15, 150), boosted(1, 199), boosted(0, 500), boosted(7, None)) == (22, 1, 0, 7)
