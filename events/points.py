"""Points given by hand. Source id: ``{interaction}:point_award``.

All other points are derived by the fold from what happened; nothing else records them.
"""

from typing import ClassVar

from events.engine.event import Amount, Event, Label


class PointsAwarded(Event):
    """The admin ``user_id`` gave ``target_id`` XP or stars (or, below zero, took some)."""

    event_type: ClassVar[str] = "point_award"

    xp: Amount = 0
    stars: Amount = 0
    reason: Label
