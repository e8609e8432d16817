"""The achievements that members have: one row an award, also when it was taken back."""

from dataclasses import dataclass
from datetime import datetime

from events.achievements import AchievementEarned, AchievementRevoked
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Achievement:
    """One award, known by its place in the log; ``season`` is 0 for the lifetime, ``way`` how it
    came about, ``cause_position`` the place of the event by which it was reached."""

    award: int
    user_id: int
    achievement: str
    season: int
    revision: int
    way: str
    awarded_by: int | None
    cause_position: int | None
    earned_at: datetime
    xp: int
    coins: int
    reason: str | None
    revoked_by: int | None = None
    revoked_at: datetime | None = None


AWARDS = Table("achievements", Achievement, "state", key=("award",), member="user_id")
READ_MODEL = ReadModel("achievements", version=1, tables=(AWARDS,))


@READ_MODEL.on(AchievementEarned)
def earned(event: AchievementEarned, to: WorkingSet) -> None:
    """An award is a row of its own."""
    award = Achievement(
        award=to.position,
        user_id=event.receiver or 0,
        achievement=event.achievement,
        season=event.season,
        revision=event.revision,
        way=event.way,
        awarded_by=event.user_id if event.target_id is not None else None,
        cause_position=event.cause_position,
        earned_at=event.occurred_at,
        xp=event.xp,
        coins=event.coins,
        reason=event.reason,
    )
    to.put(AWARDS, award)


@READ_MODEL.on(AchievementRevoked)
def revoked(event: AchievementRevoked, to: WorkingSet) -> None:
    """It is theirs no more."""
    award = to.get(AWARDS, event.award)
    if award is not None:
        award.revoked_by, award.revoked_at = event.user_id, event.occurred_at
        to.put(AWARDS, award)
