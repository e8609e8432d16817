"""What reacting brings, to who reacts and to whom."""

from events.engine.setting import Area, Number

AREA = Area(
    "Reactions",
    "What a reaction is worth, given and received",
    (
        Number("reaction_given_xp", 5, "XP for reacting to somebody's message", 0, 1000, "XP"),
        Number(
            "reaction_given_stars", 1, "Stars for reacting to somebody's message", 0, 100, "stars"
        ),
        Number("reaction_received_xp", 8, "XP for getting a reaction", 0, 1000, "XP"),
        Number("reaction_received_stars", 2, "Stars for getting a reaction", 0, 100, "stars"),
    ),
)
