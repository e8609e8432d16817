"""What opening threads brings."""

from events.engine.setting import Area, Number

AREA = Area(
    "Threads",
    "What opening a thread is worth",
    (
        Number("thread_xp", 20, "XP for opening a thread", 0, 1000, "XP"),
        Number("thread_stars", 2, "Stars for opening a thread", 0, 100, "stars"),
    ),
)
