"""What else brings points: boosts of the server."""

from events.engine.setting import Area
from events.engine.sources import source

AREA = Area(
    "Server boosts",
    "What boosting the server is worth",
    source("server_boost", "boosting the server", xp=200, stars=20),
)
