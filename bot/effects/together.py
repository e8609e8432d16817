"""Doing things at the same time, but not too many."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

A = TypeVar("A")
T = TypeVar("T")


async def at_once(do: Callable[[A], Awaitable[T]], things: Iterable[A], most: int) -> list[T]:
    """``do`` each of ``things``, at most so many under way; each is finished before the first that
    failed is raised, so that one does not end the others. What is still to be done when this is
    cancelled is not begun."""
    gate = asyncio.Semaphore(most)

    async def one(thing: A) -> T:
        async with gate:
            return await do(thing)

    results = await asyncio.gather(*map(one, things), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]
