"""Points that a fact carries itself. Source id of those by hand: ``{interaction}:point_award``.

All other points are derived by the fold from what happened; nothing else records them.

A fact that brings points of its own (a quest that was approved, an achievement) derives
from :class:`CarriesPoints` and names what the points are for. That is all: the fold of the profiles
finds every such type, moves the points, and writes the line that ``/why`` shows, under that name.
The fact has to be recorded when the points are earned, not when they are promised.
"""

from typing import Any, ClassVar

from events.engine.event import Amount, Event, Label


class CarriesPoints(Event):
    """Base of the facts that give ``target_id`` (or else ``user_id``) points: exactly these."""

    points_source: ClassVar[str]
    """What they are for, as ``/why`` lists it, with words of its own: ``quest``, ``award`` ..."""

    xp: Amount = 0
    stars: Amount = 0

    @property
    def receiver(self) -> int | None:
        """Whose points they are."""
        return self.user_id if self.target_id is None else self.target_id

    def points_factors(self) -> dict[str, Any]:
        """What ``/why`` can tell of them beside the numbers."""
        return {}


class PointsAwarded(CarriesPoints):
    """The admin ``user_id`` gave ``target_id`` XP or stars (or, below zero, took some)."""

    event_type: ClassVar[str] = "point_award"
    points_source: ClassVar[str] = "award"

    reason: Label

    def points_factors(self) -> dict[str, Any]:
        """Who gave them, and why."""
        return {"by": self.user_id, "reason": self.reason}
