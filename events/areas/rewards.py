"""Points that come with badges, achievements and quests, and how many quests can be taken on."""

from events.engine.setting import Area, Number
from events.engine.sources import carried, source

AREA = Area(
    "Badges, achievements and quests",
    "What a badge is worth, and how much of what achievements and quests promise counts",
    (
        *source("badge", "a badge, earned or given", xp=0, stars=0),
        *carried("achievement", "achievements"),
        *carried("quest", "quests"),
        Number("quests_at_once", 5, "Quests that a member can be at at once", 1, 100, "quests"),
    ),
)
