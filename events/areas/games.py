"""Games of chance and wagers."""

from events.engine.setting import Area, Flag, Number

AREA = Area(
    "Games of chance",
    "Whether there are any, and how much may be staked",
    (
        Flag("games_enabled", 0, "Chance games and wagers"),
        Number("games_max_stake", 500, "Most coins on one bet", 1, 1_000_000_000, "coins"),
        Number(
            "games_daily_staked", 5000, "What a member may stake in a UTC day", 0, 10**12, "coins"
        ),
        Number("games_daily_bets", 100, "Bets that a member may make in a UTC day", 0, 100_000),
        Number("wager_minutes", 60, "Time until an unanswered wager ends", 1, 10_080, "min"),
    ),
)
