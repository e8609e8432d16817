"""The guild's settings as the pipeline wants them: made once for each change of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from events.settings import SETTINGS
from projections.engine.places import Places
from projections.engine.rules import Rules

SOURCES = tuple(key.removesuffix("_xp_high") for key in SETTINGS if key.endswith("_xp_high"))
"""Whatever brings points at a rate: each has the settings of ``events/engine/sources.py``."""

CARRIED = tuple(
    key.removesuffix("_day_cap")
    for key in SETTINGS
    if key.endswith("_day_cap") and key.replace("_day_cap", "_percent") in SETTINGS
)
"""Whatever brings the points that its facts carry: see ``events/points.py``."""

QUALITIES = ("long", "very_long", "code", "link", "attachment", "emoji")


@dataclass(frozen=True, slots=True)
class Rate:
    """What a source gives, how often and how much at most; 0 is no limit."""

    low: int
    high: int
    stars: int
    cooldown: int
    hour_cap: int
    day_cap: int
    capped: bool = field(init=False, compare=False)
    """Whether there is a limit."""

    def __post_init__(self) -> None:
        """Asked for each award, so found out once."""
        object.__setattr__(self, "capped", self.hour_cap > 0 or self.day_cap > 0)


@dataclass(frozen=True, slots=True)
class Rates:
    """Every number of the rules of points. ``sources`` are those that give anything."""

    sources: Mapping[str, Rate]
    carried: Mapping[str, Rate]
    """Of what facts carry themselves; ``low`` is the per cent that counts."""
    quality: Mapping[str, int]
    places: Places
    no_xp_places: frozenset[int]
    no_xp_roles: frozenset[int]
    pair_day_limit: int
    burst_reactors: int
    burst_xp: int
    taper_after: int
    taper_percent: int
    day_cap: int
    account_days: int
    one_cooldown: bool
    """Whether the cool-down of messages is one for all channels."""
    excludes: bool = field(init=False)
    """Whether there is any place, role or age without points."""
    counts: bool = field(init=False)
    """Whether it matters how much somebody has earned in a day."""

    def __post_init__(self) -> None:
        """Asked for each award, so found out once."""
        without = self.no_xp_places or self.no_xp_roles or self.account_days
        object.__setattr__(self, "excludes", bool(without))
        object.__setattr__(self, "counts", self.taper_after > 0 or self.day_cap > 0)


def rates_of(rules: Rules) -> Rates:
    """``rules`` as rates. Ask for it with ``rules.derived(rates_of)``."""
    return Rates(
        sources={key: rate for key in SOURCES if (rate := _rate(rules, key)) is not None},
        carried={key: _carried(rules, key) for key in CARRIED},
        quality={key: rules.number(f"quality_{key}") for key in QUALITIES},
        places=rules.places,
        no_xp_places=rules.ids("no_xp_channels") | rules.ids("no_xp_categories"),
        no_xp_roles=rules.ids("no_xp_roles"),
        pair_day_limit=rules.number("pair_day_limit"),
        burst_reactors=rules.number("burst_reactors"),
        burst_xp=rules.number("burst_xp"),
        taper_after=rules.number("taper_after"),
        taper_percent=rules.number("taper_percent"),
        day_cap=rules.number("day_cap"),
        account_days=rules.number("account_days"),
        one_cooldown=rules.flag("message_one_cooldown"),
    )


def _rate(rules: Rules, source: str) -> Rate | None:
    low, stars = rules.number(f"{source}_xp"), rules.number(f"{source}_stars")
    high = max(low, rules.number(f"{source}_xp_high"))
    if not rules.flag(f"{source}_on") or not (high or stars):
        return None
    return Rate(
        low,
        high,
        stars,
        rules.number(f"{source}_cooldown"),
        rules.number(f"{source}_hour_cap"),
        rules.number(f"{source}_day_cap"),
    )


def _carried(rules: Rules, source: str) -> Rate:
    percent = rules.number(f"{source}_percent")
    caps = rules.number(f"{source}_hour_cap"), rules.number(f"{source}_day_cap")
    return Rate(percent, percent, percent, 0, *caps)
