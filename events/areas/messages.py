"""What writing brings, to who writes and to who is answered."""

from events.engine.setting import Area, Flag
from events.engine.sources import source

AREA = Area(
    "Messages",
    "What a message is worth, and an answer to one",
    (
        Flag("message_one_cooldown", 0, "One cool-down for all channels, not one for each"),
        *source("message", "a message", xp=15, stars=1, cooldown=30),
        *source("reply_received", "getting a reply", xp=3, stars=0),
    ),
)
