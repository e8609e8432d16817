"""Scheduled events: observations of how they stand. One held elsewhere is not looked at: who comes
to it cannot be seen."""

from collections.abc import Iterator
from typing import Any, Final

from bot.gateway.numbered.scheduled_events import ScheduledEventSeen
from bot.gateway.payload import Payload
from bot.gateway.seen import Arrival, Seen
from events.engine.event import Count, Snowflake

ACTIVE: Final = 2
"""Discord's number of the status: 1 scheduled, 2 active, 3 completed, 4 canceled."""


class ScheduledEvent(Payload):
    """How a scheduled event stands; it has no channel when it is held elsewhere."""

    id: Snowflake
    guild_id: Snowflake
    channel_id: Snowflake | None = None
    status: Count


def scheduled_event(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """GUILD_SCHEDULED_EVENT_CREATE and _UPDATE."""
    yield standing(ScheduledEvent.model_validate(data), arrival)


def scheduled_event_delete(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """GUILD_SCHEDULED_EVENT_DELETE, whatever its status was."""
    event = ScheduledEvent.model_validate(data)
    yield standing(event.model_copy(update={"status": 0}), arrival)


def standing(event: ScheduledEvent, arrival: Arrival) -> ScheduledEventSeen:
    """Where it takes place now, if it does."""
    channel_id = event.channel_id if event.status == ACTIVE else None
    return ScheduledEventSeen(
        guild_id=event.guild_id,
        event_id=event.id,
        active_in=channel_id,
        at=arrival.at,
        category_id=channel_id and arrival.category_of(event.guild_id, channel_id),
    )


TRANSLATORS = {
    "GUILD_SCHEDULED_EVENT_CREATE": scheduled_event,
    "GUILD_SCHEDULED_EVENT_UPDATE": scheduled_event,
    "GUILD_SCHEDULED_EVENT_DELETE": scheduled_event_delete,
}
