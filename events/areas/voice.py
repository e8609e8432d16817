"""What time in voice brings."""

from events.engine.setting import Area, Number

AREA = Area(
    "Voice",
    "What time in voice is worth, in company",
    (
        Number("voice_xp", 10, "XP for each voice period in company", 0, 1000, "XP"),
        Number("voice_stars", 1, "Stars for each voice period in company", 0, 100, "stars"),
        Number("voice_minutes", 10, "How long a voice period is", 1, 1440, "min"),
    ),
)
