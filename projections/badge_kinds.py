"""The badges that a guild has made, or has changed of those that every guild knows."""

from dataclasses import dataclass
from datetime import datetime

from events.badges import BadgeDefined
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class BadgeKind:
    """A badge as it was last defined."""

    badge: str
    revision: int
    name: str
    emoji: str
    description: str
    rarity: str
    passing: str
    role_id: int | None
    retired: bool
    changed_by: int | None
    changed_at: datetime


KINDS = Table("badge_kinds", BadgeKind, "state", key=("badge",))
READ_MODEL = ReadModel("badge_kinds", version=1, tables=(KINDS,))


@READ_MODEL.on(BadgeDefined)
def defined(event: BadgeDefined, to: WorkingSet) -> None:
    """The newest definition is the one in force."""
    row = BadgeKind(
        badge=event.badge,
        revision=event.revision,
        name=event.name,
        emoji=event.emoji,
        description=event.description,
        rarity=event.rarity,
        passing=event.passing,
        role_id=event.role_id,
        retired=event.retired,
        changed_by=event.user_id,
        changed_at=event.occurred_at,
    )
    to.put(KINDS, row)
