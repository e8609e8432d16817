"""What levels bring."""

from events.engine.setting import Area, Number

AREA = Area(
    "Levels",
    "What reaching a level brings",
    (
        Number(
            "level_coins", 25, "Coins for reaching a level, times the level", 0, 1_000_000, "coins"
        ),
    ),
)
