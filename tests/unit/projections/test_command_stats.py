"""Uses of commands by outcome, in all and by day."""

from datetime import date
from typing import Any

from events.interactions import InteractionUsed
from tests.support.facts import GUILD, at
from tests.support.given import given

DAY = 86400


def used(number: int, name: str, **more: Any) -> InteractionUsed:
    return InteractionUsed(
        guild_id=GUILD,
        source_id=f"{number}:interaction",
        user_id=2001,
        channel_id=3001,
        occurred_at=at(more.pop("seconds", 0)),
        interaction_id=number,
        kind=more.pop("kind", "slash"),
        name=name,
        options={},
        outcome=more.pop("outcome", "ok"),
        duration_ms=more.pop("took", 0),
    )


def test_uses_by_outcome_and_day() -> None:
    folded = given(
        "command_stats",
        used(701, "pay", took=11),
        used(702, "pay", took=20, outcome="refused"),
        used(703, "pay", took=300, outcome="error", seconds=DAY),
        used(704, "pay", took=4, kind="button"),
        used(705, "profile", took=5),
    )
    folded.then(
        "command_stats",
        "kind name used refused failed duration_ms",
        ("button", "pay", 1, 0, 0, 4),
        ("slash", "pay", 3, 1, 1, 331),
        ("slash", "profile", 1, 0, 0, 5),
    )
    monday, tuesday = date(2026, 1, 5), date(2026, 1, 6)
    folded.then(
        "command_stats_daily",
        "day kind name used refused failed duration_ms",
        (monday, "button", "pay", 1, 0, 0, 4),
        (monday, "slash", "pay", 2, 1, 0, 31),
        (monday, "slash", "profile", 1, 0, 0, 5),
        (tuesday, "slash", "pay", 1, 0, 1, 300),
    )
