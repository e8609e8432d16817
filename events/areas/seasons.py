"""When seasons roll over."""

from events.engine.setting import Area, Number

AREA = Area(
    "Seasons",
    "How long a season is",
    (Number("season_months", 3, "Length of a season; 0 for no seasons", 0, 12, "months"),),
)
