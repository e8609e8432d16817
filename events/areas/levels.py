"""What levels bring."""

from events.decisions.curves import CurveSetting
from events.engine.setting import Area, Number

AREA = Area(
    "Levels",
    "What a level needs and brings, prestige, and XP that fades while away",
    (
        CurveSetting(
            "level_curve",
            "tallystick",
            "How much XP a level needs; levels follow when a member next gains or loses XP",
        ),
        Number("prestige_level", 50, "Level that a prestige takes; 0 for no prestige", 0, 1000),
        Number(
            "xp_decay_weekly", 0, "XP that fades a week while away; 0 for none", 0, 5000, "%", 2
        ),
        Number("xp_decay_idle_days", 30, "Time unseen until XP fades", 7, 365, "days"),
        Number("xp_decay_floor", 0, "XP for the level below which none fades", 0, 10**9, "XP"),
        Number(
            "level_coins", 20, "Coins for reaching a level, times the level", 0, 1_000_000, "coins"
        ),
    ),
)
