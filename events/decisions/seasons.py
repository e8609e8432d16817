"""Is a season due? Seasons are whole months of the calendar (UTC), starting in January."""

from dataclasses import dataclass
from datetime import UTC, datetime

from events.engine.event import Event
from events.engine.snowflake import to_ms
from events.seasons import SeasonEnded, SeasonStarted


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest season of a guild."""

    number: int
    ends_at: datetime
    is_open: bool


def roll(guild_id: int, newest: Newest | None, months: int, now: datetime) -> list[Event]:
    """The facts that bring a guild's seasons up to ``now``: nothing while the season runs, its
    end when it is over, the next one's start. ``months`` of 0 closes and opens no further."""
    facts: list[Event] = []
    number = newest.number if newest else 0
    if newest and newest.is_open:
        if now < newest.ends_at:
            return []
        facts.append(
            SeasonEnded(
                guild_id=guild_id,
                source_id=f"rule:season:{number}:end",
                occurred_at=newest.ends_at,
                number=number,
            )
        )
    if months > 0:
        starts = _month_start(now, -((now.month - 1) % months))
        ends = _month_start(starts, months)
        facts.append(
            SeasonStarted(
                guild_id=guild_id,
                source_id=f"rule:season:{number + 1}:start",
                occurred_at=now,
                number=number + 1,
                name=f"{starts:%B} to {_month_start(ends, -1):%B} {starts:%Y}",
                starts_ms=to_ms(starts),
                ends_ms=to_ms(ends),
            )
        )
    return facts


def _month_start(moment: datetime, months: int) -> datetime:
    """The first instant of the month that lies ``months`` after the one of ``moment``."""
    count = moment.year * 12 + moment.month - 1 + months
    return datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC)
