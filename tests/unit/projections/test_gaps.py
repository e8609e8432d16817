"""Gaps as their read model keeps them, and stays in voice whose end nobody saw."""

from typing import Any

from events.gaps import GapFilled, GapRecorded
from events.voice import VoiceLeft
from tests.support.facts import GUILD, at
from tests.support.given import given


def gap(began: int, ended: int) -> GapRecorded:
    return GapRecorded(
        guild_id=GUILD,
        source_id=f"gap:{began}",
        occurred_at=at(9),
        began_ms=began,
        ended_ms=ended,
        cause="session",
    )


def filled(began: int, **counts: Any) -> GapFilled:
    source_id = f"gap_filled:{began}"
    at_ten = {"guild_id": GUILD, "source_id": source_id, "occurred_at": at(10)}
    return GapFilled(**at_ten, began_ms=began, **counts)


def test_a_gap_is_open_until_it_is_filled() -> None:
    counts = {"channels": 1, "forbidden": 2, "cut": 3, "messages": 4, "reactions": 5, "people": 6}
    given("gaps", gap(700, 705), gap(300, 310), filled(300, **counts), filled(55, **counts)).then(
        "gaps",
        "began_ms ended_ms cause recorded_at filled_at "
        "channels forbidden cut messages reactions people",
        (300, 310, "session", 2, 3, 1, 2, 3, 4, 5, 6),
        (700, 705, "session", 1, 0, 0, 0, 0, 0, 0, 0),
    )


def left(user_id: int, *, unseen: bool) -> VoiceLeft:
    return VoiceLeft(
        guild_id=GUILD,
        source_id=f"{user_id}:voice:2",
        user_id=user_id,
        channel_id=61,
        occurred_at=at(5),
        ordinal=2,
        session_id="s",
        unseen=unseen,
    )


def test_only_a_leave_that_nobody_saw_is_kept() -> None:
    at_five = 1000 * int(at(5).timestamp())
    given("gaps", left(7, unseen=True), left(8, unseen=False)).then(
        "unseen_leaves", "position line user_id channel_id left_ms", (1, 1, 7, 61, at_five)
    )
