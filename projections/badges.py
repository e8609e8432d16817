"""The badges that members have earned."""

from dataclasses import dataclass
from datetime import datetime

from events.badges import BadgeEarned
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Badge:
    """One badge of one member."""

    user_id: int
    badge: str
    earned_at: datetime
    position: int


BADGES = Table("badges", Badge, "state", key=("user_id", "badge"), member="user_id")
READ_MODEL = ReadModel("badges", version=1, tables=(BADGES,))


@READ_MODEL.on(BadgeEarned)
def earned(event: BadgeEarned, to: WorkingSet) -> None:
    """A badge is earned once; the key of the event sees to it."""
    to.put(BADGES, Badge(event.user_id or 0, event.badge, event.occurred_at, to.position))
