"""Pets."""

from events.engine.setting import Area, Number

AREA = Area(
    "Pets",
    "How many, what they eat, and how often they play",
    (
        Number("pet_limit", 5, "Pets that a member may adopt", 0, 100, "pets"),
        Number("pet_meal_coins", 25, "Price of a pet's meal", 0, 1_000_000, "coins"),
        Number("pet_play_minutes", 60, "Time between two games with a pet", 0, 10_080, "min"),
    ),
)
