"""What writing brings."""

from events.engine.setting import Area, Number

AREA = Area(
    "Messages",
    "What a message is worth, and how often",
    (
        Number("message_xp", 15, "XP for a message", 0, 1000, "XP"),
        Number("message_stars", 1, "Stars for a message", 0, 100, "stars"),
        Number(
            "message_cooldown", 30, "Time between rewarded messages in a channel", 0, 86400, "s"
        ),
    ),
)
