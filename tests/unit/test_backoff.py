"""Pauses grow, have an end, and are not all the same."""

from datetime import timedelta

from bot.backoff import pause

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def test_a_pause_doubles_up_to_the_longest() -> None:
    pauses = [pause(times, SECOND, HOUR, lambda: 0.0) for times in (1, 2, 3, 12, 13, 10**9)]
    assert pauses == [SECOND, 2 * SECOND, 4 * SECOND, 2048 * SECOND, HOUR, HOUR]


def test_the_dice_shorten_it_by_up_to_a_quarter() -> None:
    pauses = [pause(3, SECOND, HOUR, lambda dice=dice: dice) for dice in (0.0, 0.5, 1.0)]  # type: ignore[misc]
    assert pauses == [timedelta(seconds=4), timedelta(seconds=3.5), timedelta(seconds=3)]


def test_it_may_grow_faster() -> None:
    assert pause(3, SECOND, HOUR, lambda: 0.0, growth=4) == timedelta(seconds=16)
