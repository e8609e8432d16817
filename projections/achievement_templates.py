"""The achievements that a guild offers, or has offered."""

from dataclasses import dataclass
from datetime import datetime

from events.achievements import AchievementDefined
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class TemplateRow:
    """A template as it was last defined, at ``position``."""

    achievement: str
    revision: int
    name: str
    emoji: str
    description: str
    goal: str
    threshold: int
    scope: str
    series: str | None
    tier: int
    rarity: str
    xp: int
    coins: int
    image_url: str | None
    announce_channel_id: int | None
    retired: bool
    changed_by: int | None
    changed_at: datetime
    position: int


TEMPLATES = Table("achievement_templates", TemplateRow, "state", key=("achievement",))
READ_MODEL = ReadModel("achievement_templates", version=1, tables=(TEMPLATES,))


@READ_MODEL.on(AchievementDefined)
def defined(event: AchievementDefined, to: WorkingSet) -> None:
    """The newest definition is the one in force."""
    row = TemplateRow(
        achievement=event.achievement,
        revision=event.revision,
        name=event.name,
        emoji=event.emoji,
        description=event.description,
        goal=event.goal,
        threshold=event.threshold,
        scope=event.scope,
        series=event.series,
        tier=event.tier,
        rarity=event.rarity,
        xp=event.xp,
        coins=event.coins,
        image_url=event.image_url,
        announce_channel_id=event.announce_channel_id,
        retired=event.retired,
        changed_by=event.user_id,
        changed_at=event.occurred_at,
        position=to.position,
    )
    to.put(TEMPLATES, row)
