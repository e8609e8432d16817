"""What admins may give by hand. How much of it counts is no setting: it is their exact word."""

from events.engine.setting import Area, Flag, Number

AREA = Area(
    "Awards by hand",
    "Whether admins may give XP and stars by hand, and how much at once",
    (
        Flag("award_on", 1, "Whether XP and stars may be given by hand"),
        Number("award_most", 10**9, "Most XP or stars in one award by hand", 1, 10**9, "points"),
    ),
)
