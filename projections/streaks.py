"""Streaks of daily and weekly claims: how they stand after the last claim, and the longest ever.

The events carry the streak that was decided; the fold keeps it. Whether a streak is lost since is
a question about now, and is answered by ``events/decisions/streaks.py``.
"""

from dataclasses import dataclass
from datetime import datetime

from events.claims import DailyClaimed, WeeklyClaimed
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Streak:
    """A member's streaks as of the last claims; ``multiplier`` is in hundredths. Days are written
    yyyymmdd, ISO weeks yyyyww; ``*_position`` are the places of the last claims in the log."""

    user_id: int
    multiplier: int = 100
    daily: int = 0
    daily_longest: int = 0
    daily_claims: int = 0
    daily_day: int | None = None
    daily_at: datetime | None = None
    daily_zone: str | None = None
    daily_position: int = 0
    weekly: int = 0
    weekly_longest: int = 0
    weekly_claims: int = 0
    weekly_week: int | None = None
    weekly_at: datetime | None = None
    weekly_zone: str | None = None
    weekly_position: int = 0
    tokens_used: int = 0


STREAKS = Table("streaks", Streak, "state", key=("user_id",), member="user_id")
READ_MODEL = ReadModel("streaks", version=1, tables=(STREAKS,))


@READ_MODEL.on(DailyClaimed)
def daily(event: DailyClaimed, to: WorkingSet) -> None:
    """A day was claimed."""
    row = to.get(STREAKS, event.user_id or 0) or Streak(event.user_id or 0)
    row.multiplier = event.multiplier
    row.daily = event.streak
    row.daily_longest = max(row.daily_longest, event.streak)
    row.daily_claims += 1
    row.daily_day, row.daily_at, row.daily_zone = event.day, event.occurred_at, event.zone
    row.daily_position = to.position
    row.tokens_used += event.frozen
    to.put(STREAKS, row)


@READ_MODEL.on(WeeklyClaimed)
def weekly(event: WeeklyClaimed, to: WorkingSet) -> None:
    """A week was claimed."""
    row = to.get(STREAKS, event.user_id or 0) or Streak(event.user_id or 0)
    row.multiplier = event.multiplier
    row.weekly = event.streak
    row.weekly_longest = max(row.weekly_longest, event.streak)
    row.weekly_claims += 1
    row.weekly_week, row.weekly_at, row.weekly_zone = event.week, event.occurred_at, event.zone
    row.weekly_position = to.position
    to.put(STREAKS, row)
