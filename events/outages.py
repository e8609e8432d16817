"""Outages: spans in which the bot saw nothing of a guild. Source id: ``outage:{began_ms}``."""

from typing import ClassVar

from events.engine.event import Count, Event


class OutageRecorded(Event):
    """The bot was blind from ``began_ms`` until ``ended_ms``, so nobody is to blame for what did
    not happen then. Whoever records the same outage once more may differ in when it ended."""

    event_type: ClassVar[str] = "outage"
    restated: ClassVar[frozenset[str]] = frozenset({"ended_ms", "occurred_at"})

    began_ms: Count
    """First millisecond (since 1970, UTC) in which the bot was away."""
    ended_ms: Count
    """First millisecond in which it was back."""
