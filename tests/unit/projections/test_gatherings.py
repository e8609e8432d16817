"""Votes in polls, and coming to scheduled events."""

import pytest

from events.polls import PollVoted, PollVoteWithdrawn
from events.scheduled_events import ScheduledEventEnded, ScheduledEventStarted
from events.voice import VoiceJoined, VoiceLeft, VoiceMoved
from tests.support.facts import GUILD, at, setting, voice
from tests.support.given import given

ANN, BEN, BOT = 2001, 2002, 2666
MINUTE = 60


def vote(ordinal: int, *, user: int = ANN, answer: int = 1, is_bot: bool = False) -> PollVoted:
    return PollVoted(
        guild_id=GUILD,
        source_id=f"801:poll_vote:{user}:{ordinal}",
        user_id=user,
        channel_id=3001,
        occurred_at=at(ordinal),
        message_id=801,
        answer_id=answer,
        ordinal=ordinal,
        is_bot=is_bot,
    )


def began(ordinal: int, *, minutes: float, channel: int = 3101) -> ScheduledEventStarted:
    return ScheduledEventStarted(
        guild_id=GUILD,
        source_id=f"901:scheduled_event:{ordinal:010}",
        channel_id=channel,
        occurred_at=at(minutes * MINUTE),
        event_id=901,
        ordinal=ordinal,
    )


def ended(ordinal: int, *, minutes: float, channel: int = 3101) -> ScheduledEventEnded:
    return ScheduledEventEnded(
        guild_id=GUILD,
        source_id=f"901:scheduled_event:{ordinal:010}",
        channel_id=channel,
        occurred_at=at(minutes * MINUTE),
        event_id=901,
        ordinal=ordinal,
    )


def comes(user: int, *, minutes: float, ordinal: int = 1, **more: bool) -> VoiceJoined:
    return voice(VoiceJoined, ordinal, user=user, channel=3101, seconds=minutes * MINUTE, **more)


def goes(user: int, *, minutes: float, ordinal: int = 2) -> VoiceLeft:
    return voice(VoiceLeft, ordinal, user=user, channel=3101, seconds=minutes * MINUTE)


def test_the_first_vote_in_a_poll_is_rewarded() -> None:
    folded = given("profiles", vote(1), vote(2, answer=2), vote(1, user=BEN))
    folded.then("activity_log", "user_id source xp", (ANN, "poll_vote", 3), (BEN, "poll_vote", 3))


def test_a_vote_after_a_withdrawal_and_a_bots_vote_are_not() -> None:
    withdrawn = PollVoteWithdrawn(**vote(1).model_dump())
    folded = given("profiles", withdrawn, vote(2), vote(1, user=BOT, is_bot=True))
    folded.then("activity_log", "user_id")
    assert folded.of("profiles", ANN, "last_seen") == at(2)


def test_who_is_there_for_ten_minutes_comes_to_the_event_even_alone() -> None:
    folded = given(
        "profiles",
        comes(ANN, minutes=-30),
        began(1, minutes=0),
        ended(2, minutes=10),
        goes(ANN, minutes=60),
    )
    folded.then(
        "activity_log",
        "position user_id source xp stars channel_id",
        (3, ANN, "event_attendance", 50, 5, 3101),
    )
    folded.then("voice_rooms", "channel_id gathering", (3101, None))


@pytest.mark.parametrize("idle", ["is_bot", "self_deaf", "deaf", "afk"])
def test_who_hears_nothing_does_not_come(idle: str) -> None:
    folded = given(
        "profiles", comes(ANN, minutes=0, **{idle: True}), began(1, minutes=0), ended(2, minutes=99)
    )
    folded.then("activity_log", "user_id")


def test_time_before_and_after_the_event_and_in_other_channels_is_none_of_it() -> None:
    folded = given(
        "profiles",
        comes(ANN, minutes=0),
        voice(VoiceJoined, 1, user=BEN, channel=3102, seconds=0),
        began(1, minutes=5),
        goes(ANN, minutes=14),
        ended(2, minutes=30),
        goes(BEN, minutes=40),
    )
    folded.then("activity_log", "user_id")


def test_coming_twice_to_one_event_adds_up_and_is_rewarded_once() -> None:
    folded = given(
        "profiles",
        began(1, minutes=0),
        comes(ANN, minutes=1),
        goes(ANN, minutes=7),
        comes(ANN, minutes=8, ordinal=3),
        goes(ANN, minutes=13, ordinal=4),
        comes(ANN, minutes=14, ordinal=5),
        ended(2, minutes=60),
    )
    folded.then("activity_log", "position user_id", (5, ANN))


def test_an_event_that_recurs_is_another_event() -> None:
    told = [began(1, minutes=0), comes(ANN, minutes=0), ended(2, minutes=30)]
    folded = given("profiles", *told, began(3, minutes=100), ended(4, minutes=109))
    folded.then("activity_log", "position", (3,))
    folded = given("profiles", *told, began(3, minutes=100), ended(4, minutes=110))
    folded.then("activity_log", "position", (3,), (5,))


def test_how_long_is_long_enough_is_a_setting() -> None:
    folded = given(
        "profiles",
        setting("attendance_minutes", 2),
        began(1, minutes=0),
        comes(ANN, minutes=0),
        voice(VoiceMoved, 2, user=ANN, channel=3102, seconds=120, from_channel_id=3101),
    )
    folded.then("activity_log", "user_id channel_id", (ANN, 3101))
