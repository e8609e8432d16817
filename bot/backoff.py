"""How long to wait before something is tried again: longer each time, and never all at once."""

from collections.abc import Callable
from datetime import timedelta

Dice = Callable[[], float]
"""A number from 0 to 1, another one each time: ``random.random`` where the program runs."""


def pause(
    times: int, first: timedelta, most: timedelta, dice: Dice, *, growth: int = 2
) -> timedelta:
    """The pause after something has failed ``times`` times (from 1): ``first``, then ``growth``
    times as long each time, at most ``most``; shortened by up to a quarter by the dice, so that
    what failed together is not tried again together."""
    factor: int = growth ** min(max(0, times - 1), 32)
    whole = min(most, first * min(factor, 10**6))
    return whole * (1 - dice() / 4)
