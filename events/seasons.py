"""Seasons: opened and closed.

Source ids: ``rule:season:{number}:start``, ``rule:season:{number}:end``.
"""

from typing import ClassVar

from events.engine.event import Count, Event, Label


class SeasonStarted(Event):
    """Season ``number`` counts what happens from ``starts_at`` on, until it is ended."""

    event_type: ClassVar[str] = "season_start"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at"})

    number: Count
    name: Label
    starts_ms: Count
    """First millisecond (since 1970, UTC) that belongs to the season."""
    ends_ms: Count
    """First millisecond that no longer does, as planned."""


class SeasonEnded(Event):
    """Season ``number`` is closed."""

    event_type: ClassVar[str] = "season_end"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at"})

    number: Count
