"""Boosts: a factor on what a member earns, for a time.

Integers only. The rounding is defined here, once: what one fact gives in all is multiplied by the
per cent, divided by a hundred, and rounded down.
"""

from collections.abc import Mapping, Sequence

from events.boosts import BoostStarted
from events.engine.event import Event
from events.engine.snowflake import to_ms

USUAL = 100

Span = Sequence[int]
"""Per cent, first millisecond, first millisecond that is no longer boosted."""


def newest(before: Span | None, event: BoostStarted) -> Span:
    """The boost of a kind once ``event`` has happened: one that lengthens another begins where
    that did."""
    starts = event.starts_ms
    if before is not None:
        percent, before_starts, before_ends = before
        if percent == event.percent and starts <= before_ends:
            starts = min(starts, before_starts)
    return [event.percent, starts, event.ends_ms]


def percents(boosts: Mapping[str, Span], event: Event) -> dict[str, int]:
    """By how much what comes of ``event`` is multiplied, by kind; an import tells of a time
    before, in which nothing was boosted."""
    if getattr(event, "import_id", None) is not None:
        return {}
    now = to_ms(event.occurred_at)
    return {
        what: percent for what, (percent, starts, ends) in boosts.items() if starts <= now < ends
    }


def boosted(points: int, percent: int | None) -> int:
    """``points`` with the factor, rounded down."""
    return points if percent is None else points * percent // USUAL
