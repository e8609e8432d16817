"""What a member did and got on each of the guild's own days."""

from events.engine.snowflake import to_ms
from events.voice import VoiceJoined, VoiceLeft
from tests.support.facts import at, calendar, message, voice
from tests.support.given import given

ANN, BEN = 2001, 2002
HOUR = 3600


def test_each_of_the_guilds_own_days_has_its_numbers() -> None:
    monday = to_ms(at(0)) // 86_400_000
    given(
        "profiles",
        message(501, seconds=12 * HOUR - 0.001),
        message(502, seconds=12 * HOUR),  # Tuesday, and too soon to be rewarded
        calendar("Somewhere", [0, -2 * HOUR]),
        message(503, seconds=12 * HOUR + 1, channel=3002),  # Monday by the clock now in force
        message(504, seconds=14 * HOUR),
        voice(VoiceJoined, 1, user=ANN, channel=3009, seconds=15 * HOUR),
        voice(VoiceJoined, 1, user=BEN, channel=3009, seconds=15 * HOUR),
        voice(VoiceLeft, 2, user=BEN, channel=3009, seconds=15 * HOUR + 700),
    ).then(
        "member_days",
        "user_id day messages xp stars voice_seconds",
        (ANN, monday, 2, 30, 2, 0),
        (ANN, monday + 1, 2, 25, 2, 700),
        (BEN, monday + 1, 0, 10, 1, 700),
    )
