"""Where there are no points, and for whom."""

from events.engine.setting import Area, Categories, Channels, Roles

AREA = Area(
    "Without points",
    "Channels, threads and categories where nothing is rewarded, and roles that earn nothing",
    (
        Channels("no_xp_channels", description="Channels and threads without points"),
        Categories("no_xp_categories", description="Categories without points"),
        Roles("no_xp_roles", description="Roles that earn no points"),
    ),
)
