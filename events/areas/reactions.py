"""What reacting brings, to who reacts and to whom."""

from events.engine.setting import Area
from events.engine.sources import source

AREA = Area(
    "Reactions",
    "What a reaction is worth, given and received",
    (
        *source("reaction_given", "reacting to somebody's message", xp=5, stars=1),
        *source("reaction_received", "getting a reaction", xp=8, stars=2),
    ),
)
