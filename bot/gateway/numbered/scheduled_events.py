"""One scheduled event: whether it takes place in a channel now, each change a numbered fact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from bot.gateway.seen import Cursor, Observation
from events.engine.event import Event
from events.scheduled_events import ScheduledEventEnded, ScheduledEventStarted


class ScheduledEventCursor(Cursor):
    """The last change, and where it takes place since (None: nowhere)."""

    def __init__(self) -> None:
        """An event of which nothing is known."""
        self._ordinal = 0
        self._channel: int | None = None
        self._category: int | None = None

    def follow(self, event: Event) -> None:
        """Take in a beginning or an end."""
        if isinstance(event, ScheduledEventStarted | ScheduledEventEnded):
            self._ordinal = max(self._ordinal, event.ordinal)
            started = isinstance(event, ScheduledEventStarted)
            self._channel = event.channel_id if started else None
            self._category = event.category_id if started else None

    def number(self, seen: "ScheduledEventSeen") -> Event | None:
        """The change that ``seen`` shows. One that moves to another channel ends here first; the
        next word about it begins it there."""
        if self._channel is not None:
            if seen.active_in == self._channel:
                return None
            fields = seen.fields(self._ordinal + 1, self._channel, self._category)
            return ScheduledEventEnded(**fields)
        if seen.active_in is None:
            return None
        fields = seen.fields(self._ordinal + 1, seen.active_in, seen.category_id)
        return ScheduledEventStarted(**fields)


@dataclass(frozen=True, slots=True)
class ScheduledEventSeen(Observation):
    """The event takes place in the channel ``active_in`` now, or (None) in none."""

    cursor: ClassVar[type[Cursor]] = ScheduledEventCursor

    event_id: int
    active_in: int | None
    at: datetime
    category_id: int | None

    @property
    def prefix(self) -> str:
        """All changes of the event."""
        return f"{self.event_id}:scheduled_event:"

    def fields(self, ordinal: int, channel_id: int, category_id: int | None) -> dict[str, Any]:
        """What the fact number ``ordinal`` of the event says."""
        return {
            "guild_id": self.guild_id,
            "source_id": f"{self.prefix}{ordinal:010}",
            "channel_id": channel_id,
            "occurred_at": self.at,
            "event_id": self.event_id,
            "ordinal": ordinal,
            "category_id": category_id,
        }
