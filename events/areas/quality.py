"""What makes a message worth more or less. Looked at only where the bot may read messages."""

from events.engine.setting import Area, Number

AREA = Area(
    "Quality of messages",
    "What a message's XP is multiplied with, where the bot is allowed to read messages",
    (
        Number("quality_long", 120, "More than 200 characters", 10, 1000, "%"),
        Number("quality_very_long", 150, "More than 500 characters", 10, 1000, "%"),
        Number("quality_code", 140, "A block of code", 10, 1000, "%"),
        Number("quality_link", 125, "A link", 10, 1000, "%"),
        Number("quality_attachment", 110, "An attachment", 10, 1000, "%"),
        Number("quality_emoji", 50, "More than five emoji", 10, 1000, "%"),
    ),
)
