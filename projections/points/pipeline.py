"""The pipeline of points: from "a member did something" to an award and the factors that made it.

Each step is a small function of numbers; what a step changed is named in ``factors``, what it left
as it was is not, so that ``/why`` tells of exactly what mattered. ``SENTENCE`` says how the steps
combine. Integers only.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from events.decisions.draws import between
from events.engine.snowflake import DISCORD_EPOCH_MS
from projections.points.rates import Rate, Rates
from projections.points.today import DAY_MS, Day, day_of, hour_key, pair_key, reactors

USUAL: Final = 100
SENTENCE: Final = (
    "XP = base x times x quality x category x role / (1 + rewards already given in this pair "
    "today), rounded down once; then the limit for bursts, the taper and the caps (hour, day, all "
    "of the day) each cut what is left, and a running boost multiplies the rest, rounded down; "
    "stars are base x times x boost, and none when nothing is left of the XP."
)


@dataclass(slots=True)
class Deed:
    """Something that is rewarded, and what the rules know of whoever gets it.

    ``now`` is its time in milliseconds, ``draw_key`` decides the draw, ``days`` is the receiver's
    memory.
    """

    source: str
    user_id: int
    now: int
    draw_key: str
    days: dict[str, Day]
    times: int = 1
    quality: int = USUAL
    place: Any = None
    """What tells where: its channel, perhaps its category, and for a thread its parent."""
    roles: Collection[int] | None = None
    partner: int | None = None
    """The other one, where it takes two."""
    repeats: int = 0
    """How often this pair was rewarded before on that day."""
    in_burst: bool = False
    """Whether it may be one of a burst of reactions."""
    boosts: Mapping[str, int] | None = None

    @property
    def channels(self) -> tuple[int | None, ...]:
        """Where: the channel, and for a thread its parent."""
        return (self.place.channel_id, getattr(self.place, "parent_id", None))

    @property
    def category_id(self) -> int | None:
        """Discord's category of where."""
        found: int | None = getattr(self.place, "category_id", None)
        return found


@dataclass(slots=True)
class Award:
    """What somebody gets, and why so much."""

    xp: int
    stars: int
    factors: dict[str, Any]


def excluded(rates: Rates, deed: Deed) -> bool:
    """Nothing is rewarded here, or this member earns nothing: a channel, thread, category or role
    without points, or an account that is too young (its age is in its id)."""
    if not rates.excludes:
        return False
    if rates.no_xp_places and not rates.no_xp_places.isdisjoint(
        one for one in (*deed.channels, deed.category_id) if one is not None
    ):
        return True
    if deed.roles and not rates.no_xp_roles.isdisjoint(deed.roles):
        return True
    return rates.account_days > 0 and (
        too_young(deed.user_id, deed.now, rates.account_days)
        or (deed.partner is not None and too_young(deed.partner, deed.now, rates.account_days))
    )


def too_young(user_id: int, now: int, days: int) -> bool:
    """Whether an account is younger than ``days``. Source: the time in Discord's snowflakes."""
    return now - (user_id >> 22) - DISCORD_EPOCH_MS < days * DAY_MS


def drawn(rate: Rate, draw_key: str, user_id: int) -> int:
    """A number of the rate's range, each equally likely, drawn by the fact's own key."""
    seed = int.from_bytes(sha256(draw_key.encode()).digest()[:7], "big")
    return between(seed, user_id, rate.low, rate.high)


def tapered(xp: int, so_far: int, after: int, percent: int) -> int:
    """``xp`` of which what lies beyond ``after`` in a day counts ``percent``, rounded down."""
    full = min(xp, max(0, after - so_far))
    return full + (xp - full) * percent // USUAL


def repeats(rates: Rates, days: dict[str, Day], now: int, member_id: int) -> int | None:
    """How often it was rewarded already, on that day, that somebody (whose ``days`` these are) did
    something for a member, this time being noted; None when it was often enough."""
    day, key = day_of(days, now), pair_key(member_id)
    before: int = day.get(key, 0)
    if before >= rates.pair_day_limit:
        return None
    day[key] = before + 1
    return before


def award(rates: Rates, rate: Rate, deed: Deed) -> Award | None:
    """What ``deed`` brings, which is taken note of; None when it brings nothing at all."""
    xp = rate.low if rate.low == rate.high else drawn(rate, deed.draw_key, deed.user_id)
    factors: dict[str, Any] = {"xp": xp, "stars": rate.stars, "times": deed.times}
    if deed.repeats or deed.quality != USUAL or not rates.places.plain:
        xp = _multiplied(rates, deed, xp, factors)
    else:
        xp *= deed.times
    left = _limited(rates, rate, deed, xp, factors) if xp else 0
    stars = rate.stars * deed.times if left or not xp else 0
    if deed.boosts:
        for what, percent in deed.boosts.items():
            factors[f"{what}_percent"] = percent
        left = left * deed.boosts.get("xp", USUAL) // USUAL
        stars = stars * deed.boosts.get("stars", USUAL) // USUAL
    return Award(left, stars, factors) if left or stars else None


def carried(rates: Rates, rate: Rate, deed: Deed, promised: Award) -> Award:
    """What is left of the points that a fact carries: the per cent of its rate, then the caps of
    its source. What is taken is taken whole."""
    factors = dict(promised.factors)
    xp, stars = promised.xp, promised.stars
    if rate.low != USUAL and (xp > 0 or stars > 0):
        factors["rate"] = rate.low
    if xp > 0:
        xp = _capped(rate, day_of(deed.days, deed.now), deed, xp * rate.low // USUAL, factors)
    return Award(xp, stars * rate.low // USUAL if stars > 0 else stars, factors)


def _multiplied(rates: Rates, deed: Deed, xp: int, factors: dict[str, Any]) -> int:
    """The base with every factor, rounded down once."""
    over, under = xp * deed.times, 1 + deed.repeats
    if deed.repeats:
        factors["repeat"] = deed.repeats
    group = rates.places.group_of(deed.channels, deed.category_id)
    for name, percent in (
        ("quality", deed.quality),
        ("category", rates.places.percent(group, deed.source)),
        ("role", rates.places.percent_of_roles(deed.roles or (), deed.source)),
    ):
        if percent != USUAL:
            factors[name] = percent
            over, under = over * percent, under * USUAL
    return over // under


def _limited(rates: Rates, rate: Rate, deed: Deed, xp: int, factors: dict[str, Any]) -> int:
    """What burst, taper and caps leave of ``xp``, all counted in the receiver's day."""
    if not (rates.counts or rate.capped or deed.in_burst):
        return xp
    day = day_of(deed.days, deed.now)
    if deed.in_burst:
        xp = _cut(factors, "burst", xp, _burst(rates, day, deed, xp))
    so_far = day.get("all", 0) if rates.counts else 0
    if rates.taper_after and so_far + xp > rates.taper_after:
        kept = tapered(xp, so_far, rates.taper_after, rates.taper_percent)
        xp = _cut(factors, "taper", xp, kept)
    if rate.capped or rates.day_cap:
        xp = _capped(rate, day, deed, xp, factors, rates.day_cap)
    if rates.counts:
        day["all"] = so_far + xp
    return xp


def _capped(
    rate: Rate, day: Day, deed: Deed, xp: int, factors: dict[str, Any], all_cap: int = 0
) -> int:
    """What the caps of an hour, of a day, and of everything in a day leave, which is counted."""
    counters = []
    if rate.hour_cap:
        counters.append(("hour_cap", rate.hour_cap, hour_key(deed.source, deed.now)))
    if rate.day_cap:
        counters.append(("source_cap", rate.day_cap, deed.source))
    for name, cap, key in counters:
        xp = _cut(factors, name, xp, min(xp, max(0, cap - day.get(key, 0))))
    if all_cap:
        xp = _cut(factors, "day_cap", xp, min(xp, max(0, all_cap - day.get("all", 0))))
    for _, _, key in counters:
        day[key] = day.get(key, 0) + xp
    return xp


def _cut(factors: dict[str, Any], name: str, before: int, after: int) -> int:
    """``after``, named among the factors when it is less than ``before``."""
    if after < before:
        factors[name] = after
    return after


def _burst(rates: Rates, day: Day, deed: Deed, xp: int) -> int:
    """What is left when many react to one member within five minutes: as long as there are no more
    than ``burst_reactors`` of them all of it, then ``burst_xp`` together."""
    span = reactors(day, deed.now, deed.partner or 0, rates.burst_reactors)
    if len(span) - 2 <= rates.burst_reactors:
        return xp
    kept = min(xp, max(0, rates.burst_xp - span[1]))
    span[1] += kept
    return kept
