"""Scheduled events for the made-up histories: in a voice channel of theirs, on and off."""

from collections.abc import Callable
from typing import Any

from events.engine.event import Event
from events.scheduled_events import ScheduledEventEnded, ScheduledEventStarted

EVENT = 95


class Gatherings:
    """One scheduled event that takes place again and again."""

    def __init__(self, teller: Any, channel: int) -> None:
        """It has not begun; ``teller`` tells the history."""
        self.teller = teller
        self.channel = channel
        self.ordinal = 0

    @property
    def makers(self) -> dict[type[Event], Callable[[], Event | None]]:
        """For each type what makes up its next event."""
        return dict.fromkeys((ScheduledEventStarted, ScheduledEventEnded), self._next)

    def _next(self) -> Event:
        self.ordinal += 1
        cls = ScheduledEventStarted if self.ordinal % 2 else ScheduledEventEnded
        return cls(
            guild_id=self.teller.guild_id,
            source_id=f"{EVENT}:scheduled_event:{self.ordinal:010}",
            channel_id=self.channel,
            occurred_at=self.teller.now,
            event_id=EVENT,
            ordinal=self.ordinal,
        )
