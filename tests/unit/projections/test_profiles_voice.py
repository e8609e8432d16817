"""Profiles: time in voice, who it counts for and who it does not."""

import pytest

from events.multipliers import category
from events.voice import VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged
from tests.support.facts import at, multiplier, voice
from tests.support.given import given

ANN, BEN, CAT, BOT = 2001, 2002, 2003, 2666
HOUR = 3600


def test_time_in_company_counts_in_periods_of_ten_minutes() -> None:
    folded = given(
        "profiles",
        voice(VoiceJoined, 1, user=ANN, channel=3101, seconds=0),
        voice(VoiceJoined, 1, user=BEN, channel=3101, seconds=100),  # alone until here
        voice(VoiceLeft, 2, user=BEN, channel=3101, seconds=100 + 1300),
        voice(VoiceLeft, 2, user=ANN, channel=3101, seconds=9000),  # alone again
    )
    folded.then("user_stats", "user_id voice_seconds voice_at", (ANN, 1300, 3), (BEN, 1300, 3))
    folded.then(
        "activity_log",
        "position line user_id source xp stars channel_id factors",
        (3, 1, ANN, "voice", 20, 2, 3101, {"xp": 10, "stars": 1, "times": 2}),
        (3, 2, BEN, "voice", 20, 2, 3101, {"xp": 10, "stars": 1, "times": 2}),
    )
    folded.then("profiles", "user_id voice_carry", (ANN, 100), (BEN, 100))
    folded.then("voice_presence", "user_id channel_id", (ANN, None), (BEN, None))


def test_the_rest_of_a_period_carries_over_to_the_next_session() -> None:
    told = [voice(VoiceJoined, 1, user=BEN, channel=3101, seconds=0)]
    folded = given(
        "profiles",
        *told,
        voice(VoiceJoined, 1, user=ANN, channel=3101, seconds=0),
        voice(VoiceLeft, 2, user=ANN, channel=3101, seconds=599),
        voice(VoiceJoined, 3, user=ANN, channel=3101, seconds=5000),
        voice(VoiceLeft, 4, user=ANN, channel=3101, seconds=5001),
    )
    folded.then("profiles", "user_id xp voice_carry", (ANN, 10, 0), (BEN, 10, 0))


@pytest.mark.parametrize("idle", ["self_deaf", "deaf", "afk"])
def test_who_hears_nobody_neither_earns_nor_is_company(idle: str) -> None:
    folded = given(
        "profiles",
        voice(VoiceJoined, 1, user=ANN, channel=3101, seconds=0, **{idle: True}),
        voice(VoiceJoined, 1, user=BEN, channel=3101, seconds=0, self_mute=True),
        voice(VoiceStateChanged, 2, user=ANN, channel=3101, seconds=600, self_mute=True),  # is back
        voice(VoiceLeft, 3, user=ANN, channel=3101, seconds=1300),
    )
    folded.then("user_stats", "user_id voice_seconds", (ANN, 700), (BEN, 700))


def test_the_room_is_that_of_each_member_when_somebody_moves() -> None:
    folded = given(
        "profiles",
        multiplier(category(41), "voice", 200),
        voice(VoiceJoined, 1, user=ANN, channel=3101, seconds=0, category_id=41),
        voice(VoiceJoined, 1, user=BEN, channel=3101, seconds=0, category_id=41),
        voice(VoiceMoved, 2, user=BEN, channel=3102, seconds=700, from_channel_id=3101),
    )
    folded.then(
        "activity_log",
        "user_id xp channel_id factors",
        *(
            (who, 20, 3101, {"xp": 10, "stars": 1, "times": 1, "category": 200})
            for who in (ANN, BEN)
        ),
    )


def test_a_bot_is_no_company() -> None:
    folded = given(
        "profiles",
        voice(VoiceJoined, 1, user=ANN, channel=3101, seconds=0),
        voice(VoiceJoined, 1, user=BOT, channel=3101, seconds=0, is_bot=True),
        voice(VoiceLeft, 2, user=ANN, channel=3101, seconds=HOUR),
    )
    folded.then("user_stats", "user_id voice_seconds")
    folded.then("profiles", "user_id xp", (ANN, 0), (BOT, 0))


def test_who_sits_in_another_channel_is_no_company() -> None:
    folded = given(
        "profiles",
        voice(VoiceJoined, 1, user=ANN, channel=3101, seconds=0),
        voice(VoiceJoined, 1, user=BEN, channel=3102, seconds=0),
        voice(VoiceMoved, 2, user=BEN, channel=3101, seconds=600, from_channel_id=3102),
        voice(VoiceMoved, 3, user=BEN, channel=3102, seconds=1200, from_channel_id=3101),
        voice(VoiceLeft, 2, user=ANN, channel=3101, seconds=9000),
    )
    folded.then("user_stats", "user_id voice_seconds", (ANN, 600), (BEN, 600))
    folded.then(
        "voice_presence", "user_id channel_id since", (ANN, None, at(9000)), (BEN, 3102, at(1200))
    )


def test_voice_changes_that_arrive_late_give_no_time_twice() -> None:
    folded = given(
        "profiles",
        voice(VoiceJoined, 1, user=BEN, channel=3101, seconds=0),
        voice(VoiceJoined, 1, user=ANN, channel=3101, seconds=0),
        voice(VoiceStateChanged, 2, user=BEN, channel=3101, seconds=900),
        voice(VoiceStateChanged, 2, user=ANN, channel=3101, seconds=300),  # late
        voice(VoiceLeft, 3, user=ANN, channel=3101, seconds=1000),
    )
    folded.then("user_stats", "user_id voice_seconds", (ANN, 1000), (BEN, 1000))


def test_many_small_changes_lose_no_fraction_of_a_second() -> None:
    folded = given(
        "profiles",
        voice(VoiceJoined, 1, user=ANN, channel=3101, seconds=0),
        voice(VoiceJoined, 1, user=BEN, channel=3101, seconds=0),
        voice(VoiceJoined, 1, user=CAT, channel=3101, seconds=0),
        *(
            voice(VoiceStateChanged, n, user=CAT, channel=3101, seconds=n * 0.7)
            for n in range(2, 100)
        ),
        voice(VoiceLeft, 2, user=ANN, channel=3101, seconds=700),
    )
    assert folded.of("user_stats", ANN, "voice_seconds") == 700
