"""What the end of a season brings; how seasons recur is set with ``/season repeat``."""

from events.engine.setting import Area, Choice, Number

AREA = Area(
    "Seasons",
    "What seasons are ranked by, and what the first places get",
    (
        Choice(
            "season_board",
            "xp",
            "What a season is ranked by",
            {"xp": "XP", "stars": "Stars", "messages": "Messages", "voice": "Voice"},
        ),
        Number("season_coins_first", 3000, "For a season's first place", 0, 1_000_000, "coins"),
        Number("season_coins_second", 2000, "For a season's second place", 0, 1_000_000, "coins"),
        Number("season_coins_third", 1000, "For a season's third place", 0, 1_000_000, "coins"),
        Number("season_coins_top_ten", 0, "For a season's places 4 to 10", 0, 1_000_000, "coins"),
        Number("season_badges", 3, "Places of a season that bring a badge; 0 for none", 0, 10),
    ),
)
