"""What time in voice brings."""

from events.engine.setting import Area, Number
from events.engine.sources import source

AREA = Area(
    "Voice",
    "What time in voice is worth, with at least one other human who hears",
    (
        *source("voice", "each voice period in company", xp=10, stars=1),
        Number("voice_minutes", 10, "How long a voice period is", 1, 1440, "min"),
    ),
)
