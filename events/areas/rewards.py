"""Points that come with achievements and quests, and how many quests can be taken on."""

from events.engine.setting import Area, Number
from events.engine.sources import carried

AREA = Area(
    "Achievements and quests",
    "How much of the points that achievements and quests promise counts",
    (
        *carried("achievement", "achievements"),
        *carried("quest", "quests"),
        Number("quests_at_once", 5, "Quests that a member can be at at once", 1, 100, "quests"),
    ),
)
