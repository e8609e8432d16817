"""What keeps points fair: limits for pairs, bursts, days and young accounts."""

from events.engine.setting import Area, Number

AREA = Area(
    "Fairness",
    "What keeps points from being gamed",
    (
        Number("pair_day_limit", 3, "Rewards a day for what one member does for another", 0, 1000),
        Number(
            "burst_reactors",
            10,
            "Members reacting in five minutes before it is a burst; 0 for never",
            0,
            1000,
        ),
        Number("burst_xp", 5, "Most XP that a burst of reactions brings", 0, 1000, "XP"),
        Number(
            "taper_after", 5000, "XP in a day after which it tapers; 0 for never", 0, 10**6, "XP"
        ),
        Number("taper_percent", 50, "What is left of XP beyond that", 0, 100, "%"),
        Number("day_cap", 0, "Most XP a day from everything; 0 for no limit", 0, 10**6, "XP"),
        Number(
            "account_days", 0, "Age of a Discord account before it earns points", 0, 365, "days"
        ),
    ),
)
