"""Points that come with achievements and quests."""

from events.engine.setting import Area
from events.engine.sources import carried

AREA = Area(
    "Achievements and quests",
    "How much of the points that achievements and quests promise counts",
    (*carried("achievement", "achievements"), *carried("quest", "quests")),
)
