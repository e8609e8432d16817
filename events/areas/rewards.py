"""Points that come with badges and quests."""

from events.engine.setting import Area
from events.engine.sources import carried

AREA = Area(
    "Badges and quests",
    "How much of the points that badges and quests promise counts",
    (*carried("badge", "badges"), *carried("quest", "quests")),
)
