"""The badges that members have been awarded: one row an award, also when it was taken back."""

from dataclasses import dataclass
from datetime import datetime

from events.badges import BadgeEarned, BadgeGiven, BadgeRevoked
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Badge:
    """One award, known by its place in the log; ``parent`` is the one it was passed on from."""

    award: int
    user_id: int
    badge: str
    earned_at: datetime
    awarded_by: int | None = None
    parent: int | None = None
    reason: str | None = None
    revoked_by: int | None = None
    revoked_at: datetime | None = None


BADGES = Table("badges", Badge, "state", key=("award",), member="user_id")
READ_MODEL = ReadModel("badges", version=2, tables=(BADGES,))


@READ_MODEL.on(BadgeEarned)
def earned(event: BadgeEarned, to: WorkingSet) -> None:
    """By what the member did; nobody gave it."""
    to.put(BADGES, Badge(to.position, event.user_id or 0, event.badge, event.occurred_at))


@READ_MODEL.on(BadgeGiven)
def given(event: BadgeGiven, to: WorkingSet) -> None:
    """By an admin, or passed on by somebody who has it."""
    award = Badge(to.position, event.target_id or 0, event.badge, event.occurred_at)
    award.awarded_by, award.parent, award.reason = event.user_id, event.parent, event.reason
    to.put(BADGES, award)


@READ_MODEL.on(BadgeRevoked)
def revoked(event: BadgeRevoked, to: WorkingSet) -> None:
    """It is theirs no more; the row stays, for the sake of those that come from it."""
    award = to.get(BADGES, event.award)
    if award is not None:
        award.revoked_by, award.revoked_at = event.user_id, event.occurred_at
        to.put(BADGES, award)
