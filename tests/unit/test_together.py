"""Doing things at the same time, but not too many."""

import asyncio

import pytest

from bot.effects.together import at_once


async def test_never_more_than_so_many_are_under_way_and_the_order_is_kept() -> None:
    under_way = most = 0

    async def one(number: int) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return number

    assert await at_once(one, range(9), 3) == list(range(9))
    assert most == 3


async def test_one_that_fails_does_not_end_the_others() -> None:
    done = []

    async def one(number: int) -> None:
        await asyncio.sleep(0)
        if number == 0:
            raise ValueError("the first")
        done.append(number)

    with pytest.raises(ValueError, match="the first"):
        await at_once(one, range(4), 2)
    assert done == [1, 2, 3]


async def test_what_is_not_begun_when_all_is_cancelled_leaves_no_warning() -> None:
    """bug: stopped in that very moment, Python said that a coroutine was never awaited."""
    begun = []

    async def one(number: int) -> None:
        begun.append(number)
        await asyncio.sleep(60)

    all_of_them = asyncio.create_task(at_once(one, range(4), 2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    all_of_them.cancel()
    with pytest.raises(asyncio.CancelledError):
        await all_of_them
    assert begun == [0, 1]
