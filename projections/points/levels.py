"""The level curve: reaching level n from level n-1 costs 100 x 1.25^n XP.

Integers only. The rounding is defined here, once: the cost of a level is rounded down, computed
exactly as ``100 * 5**n // 4**n``; the XP needed for a level is the sum of the rounded costs.
"""

from bisect import bisect_right
from itertools import accumulate

MAX_LEVEL = 150
"""Far beyond what anybody reaches: level 150 needs over 10^17 XP, which still fits a bigint."""


def cost(level: int) -> int:
    """XP from ``level - 1`` to ``level`` (1 to MAX_LEVEL)."""
    numerator: int = 100 * 5**level
    return numerator // int(4**level)


_TOTALS = [0, *accumulate(cost(n) for n in range(1, MAX_LEVEL + 1))]


def xp_for(level: int) -> int:
    """XP needed in all for ``level`` (0 to MAX_LEVEL)."""
    return _TOTALS[level]


def level_of(xp: int) -> int:
    """The level of somebody with ``xp``; 0 below the first level (and below zero)."""
    return max(0, bisect_right(_TOTALS, xp) - 1)
