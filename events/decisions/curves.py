"""What a level costs: our own curve, those of other bots, and polynomials that an admin writes.

A curve is the XP that each level needs in all, in whole numbers; level 0 needs none. Where other
bots say what it costs to get from one level to the next, the sums are made here, once.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from types import MappingProxyType

from events.engine.errors import Refused
from events.engine.setting import Choice, Value

TOP = 1000
"""The last level of a polynomial curve, as of most other bots."""

OUR_TOP = 150
"""The last level of our own: it needs over 10^17 XP, which still fits a bigint."""

MOST_XP = 10**18
"""No level may need more: sums of it still fit a bigint."""

MOST_COEFFICIENTS = 5


@dataclass(frozen=True, slots=True)
class Curve:
    """``totals[level]`` is the XP needed in all; ``totals[0]`` is 0, and they rise strictly."""

    totals: tuple[int, ...]

    @property
    def top(self) -> int:
        """The last level there is."""
        return len(self.totals) - 1

    def xp_for(self, level: int) -> int:
        """XP needed in all for ``level``; beyond the last level, what the last one needs."""
        return self.totals[min(level, self.top)]

    def level_of(self, xp: int) -> int:
        """The level of somebody with ``xp``; 0 below the first level (and below zero)."""
        return max(0, bisect_right(self.totals, xp) - 1)


def ours() -> Curve:
    """Reaching level n from level n-1 costs 100 x 1.25^n XP.

    The rounding is defined here: the cost of a level is rounded down, computed exactly as
    ``100 * 5**n // 4**n``, and the XP needed for a level is the sum of the rounded costs.
    """
    return _of_costs(100 * int(5**n) // int(4**n) for n in range(1, OUR_TOP + 1))


def mee6() -> Curve:
    """From level L to the next: 5 L^2 + 50 L + 100.

    Source: MEE6's documentation, docs/levels_xp.md in its public repository
    (Mee6/Mee6-documentation).
    """
    return _of_costs(5 * n * n + 50 * n + 100 for n in range(TOP))


def arcane_linear() -> Curve:
    """From level L to the next: 100 L + 75. Source: docs.arcane.bot, Leveling, XP options, Curve
    (the default there)."""
    return _of_costs(100 * n + 75 for n in range(TOP))


def arcane_exponential() -> Curve:
    """From level L to the next: 5 L^2 + 50 L + 75. Source: docs.arcane.bot, Leveling, XP options,
    Curve."""
    return _of_costs(5 * n * n + 50 * n + 75 for n in range(TOP))


def arcane_flat() -> Curve:
    """Every level costs 1000. Source: docs.arcane.bot, Leveling, XP options, Curve."""
    return _of_costs(1000 for _ in range(TOP))


def lurkr() -> Curve:
    """Level n needs 50 n^2 - 100 n + 150 in all. Source: lurkr.gg, docs, guide "Customize Leveling
    Speed", XP curve presets."""
    return polynomial((150, -100, 50))


def amari() -> Curve:
    """Level n needs 20 n^2 - 40 n + 55 in all. Source: lurkr.gg, docs, guide "Customize Leveling
    Speed", XP curve presets (AmariBot itself does not publish it)."""
    return polynomial((55, -40, 20))


def polaris() -> Curve:
    """Level n needs n^3 + 50 n^2 + 100 n in all, rounded to the nearest hundred (a half up).

    Source: Polaris' published code (GDColon/Polaris-Open): json/curve_presets.json for the
    coefficients and the rounding, xpForLevel in classes/Tools.js for the formula.
    """
    exact = (n**3 + 50 * n**2 + 100 * n for n in range(TOP + 1))
    return Curve(tuple((xp + 50) // 100 * 100 for xp in exact))


CURVES: Mapping[str, Callable[[], Curve]] = MappingProxyType(
    {
        "tallystick": ours,
        "mee6": mee6,
        "arcane": arcane_linear,
        "arcane-exponential": arcane_exponential,
        "arcane-flat": arcane_flat,
        "lurkr": lurkr,
        "amari": amari,
        "polaris": polaris,
    }
)
"""The curves that have a name."""

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "tallystick": "Tallystick (100 x 1.25^n for the next)",
        "mee6": "MEE6 (5n^2 + 50n + 100 for the next)",
        "arcane": "Arcane, linear (100n + 75 for the next)",
        "arcane-exponential": "Arcane, exponential (5n^2 + 50n + 75 for the next)",
        "arcane-flat": "Arcane, flat (1000 for the next)",
        "lurkr": "Lurkr (50n^2 - 100n + 150 in all)",
        "amari": "Amari (20n^2 - 40n + 55 in all)",
        "polaris": "Polaris (n^3 + 50n^2 + 100n in all)",
    }
)


def polynomial(coefficients: tuple[int, ...]) -> Curve:
    """Level n needs ``c0 + c1 n + c2 n^2 + ...`` XP in all (level 0 none).

    Raises Refused unless it rises strictly over all levels, from 0 XP on, and stays small enough:
    all of them are looked at, so there is nothing to prove.
    """
    totals = [0]
    for level in range(1, TOP + 1):
        xp = sum(c * level**power for power, c in enumerate(coefficients))
        if xp <= totals[-1]:
            raise Refused(
                f"With that, level {level:,} would need {xp:,} XP and the level before it "
                f"{totals[-1]:,}: each level has to need more than the one before, up to {TOP:,}."
            )
        if xp > MOST_XP:
            raise Refused(
                f"With that, level {level:,} would need more than {MOST_XP:,} XP. Choose smaller "
                "numbers."
            )
        totals.append(xp)
    return Curve(tuple(totals))


@lru_cache(maxsize=256)
def curve_named(value: str) -> Curve:
    """The curve for a value of the setting: a name, or the coefficients of a polynomial. Ours for
    what is neither, so that no fold stops for it."""
    if value in CURVES:
        return CURVES[value]()
    try:
        return polynomial(_coefficients(value))
    except Refused:
        return ours()


@dataclass(frozen=True, slots=True)
class CurveSetting(Choice):
    """A named curve, or whole coefficients of a polynomial of one's own: ``100 50 20`` stands for
    100 + 50 n + 20 n^2."""

    choices: Mapping[str, str] = field(default_factory=lambda: TITLES)
    own: str = "coefficients of your own, lowest first: 100 50 20 for 100 + 50n + 20n^2 in all"

    def fits(self, value: object) -> bool:
        """A name, or coefficients of a curve that rises strictly, one space between them."""
        if not isinstance(value, str) or value in self.choices:
            return isinstance(value, str)
        try:
            coefficients = _coefficients(value)
            polynomial(coefficients)
        except Refused:
            return False
        return value == " ".join(map(str, coefficients))

    def parse(self, text: str) -> str:
        """A name, a title, or coefficients. Raises Refused with what is wrong with the curve."""
        typed = text.strip().lower()
        for word, title in self.choices.items():
            if typed in {word, title.lower()}:
                return word
        coefficients = _coefficients(typed)
        polynomial(coefficients)
        return " ".join(map(str, coefficients))

    def shown(self, value: Value) -> str:
        """The title of a named curve, or the coefficients."""
        return self.choices.get(str(value), str(value))

    def means(self, value: Value) -> str:
        """The XP that some levels need in all."""
        curve = curve_named(str(value))
        return ", ".join(
            f"level {level}: {curve.xp_for(level):,} XP" for level in (1, 2, 5, 10, 25, 50, 100)
        )

    def range(self) -> str:
        """The names, and how to write one's own."""
        return f"choose one of {', '.join(self.choices)}, or write {self.own}"


def _coefficients(text: str) -> tuple[int, ...]:
    """``100 50 20`` (or with commas) as numbers. Raises Refused."""
    words = re.split(r"[,;\s]+", text.strip())
    if not 2 <= len(words) <= MOST_COEFFICIENTS or not all(
        re.fullmatch(r"-?[0-9]{1,18}", word) for word in words
    ):
        raise Refused(
            f"A curve is one of {', '.join(CURVES)}, or 2 to {MOST_COEFFICIENTS} whole numbers, "
            "lowest first: 100 50 20 for 100 + 50n + 20n^2 XP in all at level n."
        )
    return tuple(map(int, words))


def _of_costs(costs: Iterable[int]) -> Curve:
    return Curve((0, *accumulate(costs)))
