"""Doing things at the same time, but not too many."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def at_once(things: Iterable[Awaitable[T]], most: int) -> list[T]:
    """All of ``things``, at most so many under way; each is finished before the first that failed
    is raised, so that one does not end the others."""
    gate = asyncio.Semaphore(most)

    async def one(thing: Awaitable[T]) -> T:
        async with gate:
            return await thing

    results = await asyncio.gather(*map(one, things), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]
