"""Scheduled events of Discord that take place in a voice or stage channel: begun, over.

Discord tells how they stand, not what changed, and one that recurs keeps its id. So the changes are
numbered: ``{event}:scheduled_event:{ordinal, ten digits}``.
"""

from typing import ClassVar

from events.engine.event import Count, Event, Snowflake


class _Gathering(Event):
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at", "category_id"})

    event_id: Snowflake
    """Discord's id of the scheduled event."""
    ordinal: Count
    category_id: Snowflake | None = None


class ScheduledEventStarted(_Gathering):
    """It takes place in ``channel_id`` from now on."""

    event_type: ClassVar[str] = "scheduled_event_start"


class ScheduledEventEnded(_Gathering):
    """It is over, called off, or held elsewhere: no longer in ``channel_id``."""

    event_type: ClassVar[str] = "scheduled_event_end"
