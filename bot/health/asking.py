"""Questions to the database from those who look: never more than one of a kind on the way, asked in
a thread of their own, and nobody waits for long."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Generic, TypeVar

T = TypeVar("T")
PATIENCE: Final = 2.0
"""Seconds after which a question counts as not answered."""


class Question(Generic[T]):
    """One question. Whoever asks while it is on the way gets the same answer, and so does who asks
    within ``keep`` seconds of one."""

    def __init__(self, thread: ThreadPoolExecutor, work: Callable[[], T], keep: float) -> None:
        """Nothing is asked yet."""
        self._thread = thread
        self._work = work
        self._keep = keep
        self._asked: asyncio.Future[T] | None = None
        self._asked_at = 0.0

    async def answer(self) -> T:
        """The answer. Raises TimeoutError when there is none in time, and what ``work`` raises."""
        asked = self._asked
        if asked is None or self._is_over(asked):
            self._asked_at = time.monotonic()
            asked = asyncio.get_running_loop().run_in_executor(self._thread, self._work)
            asked.add_done_callback(_look_at)
            self._asked = asked
        return await asyncio.wait_for(asyncio.shield(asked), PATIENCE)

    def _is_over(self, asked: "asyncio.Future[T]") -> bool:
        """Whether its answer is too old to be given again; a failure always is."""
        if not asked.done():
            return False
        failed = asked.cancelled() or asked.exception() is not None
        return failed or time.monotonic() - self._asked_at >= self._keep


def _look_at(asked: "asyncio.Future[T]") -> None:
    """Nobody may be waiting any more: an error that is not looked at would be complained of."""
    if not asked.cancelled():
        asked.exception()
