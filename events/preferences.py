"""What members prefer. Source id: ``{interaction}:timezone_set``."""

from typing import ClassVar

from events.engine.event import Event, Label


class TimezoneSet(Event):
    """``user_id`` lives by ``zone`` (a name of the IANA database) from this position on."""

    event_type: ClassVar[str] = "timezone_set"

    zone: Label
    previous: Label
    """The zone in force until then."""
