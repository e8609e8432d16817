"""Boosts: for a time a member earns more points than usual.

Source id: ``{interaction}:boost_started``.
"""

from typing import ClassVar, Final

from events.engine.event import Count, Event, Label

BOOSTED: Final = ("xp", "stars")
"""What can be boosted."""


class BoostStarted(Event):
    """What ``user_id`` earns of ``what`` is ``percent`` of the usual, from one moment to another.

    The newest one of a kind counts; one that lengthens another ends later than it.
    """

    event_type: ClassVar[str] = "boost_started"

    what: Label
    percent: Count
    starts_ms: Count
    """First millisecond (since 1970, UTC) that is boosted."""
    ends_ms: Count
    """First millisecond that no longer is."""
