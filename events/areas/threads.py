"""What opening threads and forum posts brings."""

from events.engine.setting import Area
from events.engine.sources import source

AREA = Area(
    "Threads and forum posts",
    "What opening one is worth",
    (
        *source("thread", "opening a thread", xp=20, stars=2),
        *source("forum_post", "a forum post", xp=20, stars=2),
    ),
)
