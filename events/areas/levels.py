"""What levels bring."""

from events.decisions.curves import CurveSetting
from events.engine.setting import Area, Number

AREA = Area(
    "Levels",
    "What a level needs and what it brings",
    (
        CurveSetting(
            "level_curve",
            "tallystick",
            "How much XP a level needs; levels follow when a member next gains or loses XP",
        ),
        Number(
            "level_coins", 20, "Coins for reaching a level, times the level", 0, 1_000_000, "coins"
        ),
    ),
)
