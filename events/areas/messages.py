"""What writing brings, to who writes and to who is answered."""

from events.engine.setting import Area
from events.engine.sources import source

AREA = Area(
    "Messages",
    "What a message is worth, and an answer to one; the cool-down of messages is for each channel",
    (
        *source("message", "a message", xp=15, stars=1, cooldown=30),
        *source("reply_received", "getting a reply", xp=3, stars=0),
    ),
)
