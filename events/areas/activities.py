"""Coins that members earn by themselves."""

from events.engine.setting import Area, Number

AREA = Area(
    "Daily coins and activities",
    "What members earn by asking for it",
    (
        Number("daily_coins", 1000, "Coins for /daily; 0 for none", 0, 1_000_000, "coins"),
        Number("weekly_coins", 1500, "Coins for /weekly; 0 for none", 0, 1_000_000, "coins"),
        Number("activity_percent", 100, "What activities pay; 0 for nothing", 0, 10_000, "%"),
    ),
)
