"""Commands have a line and threads of their own, so that nothing else can be in their way.

Whatever goes on beside them (capture, effects, health) works in other threads and on other
connections; and what takes much of the one Python they share, the folding of pages and the writing
of batches, gives way before each. Whoever has that Python has it for a short turn only.

The line is bounded: who comes when it is full is told so at once, in a plain sentence, instead of
waiting for an answer that Discord would not deliver any more.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from threading import Event
from typing import Any, Final, TypeVar

from events.engine.errors import TallystickError

THREADS: Final = 32
"""Commands that are worked on at a time; as many as one transaction takes at most."""
CONNECTIONS: Final = 6
"""Connections that only commands use."""
GLANCES: Final = 2
"""Of these, how many may be in use for what is looked up while somebody types."""
PAGE_WAITS: Final = 0.1
"""Seconds for which, at most, a page that is to be folded gives way to commands."""
BATCH_WAITS: Final = 0.05
"""The same for a batch that is to be written: members are not to be kept from what they did."""
TURN: Final = 0.001
"""Seconds for which a thread has Python while others want it. A command wants it anew after each
answer of the database; with Python's own five milliseconds, and some threads at work, it waits
longer for its turns than for all the rest."""
MOST: Final = 200
"""Commands under way, those that wait for a thread included: some seconds of work."""

T = TypeVar("T")


def take_short_turns() -> None:
    """From now on the threads of this process do."""
    sys.setswitchinterval(TURN)


class Crowded(TallystickError):
    """There are too many commands under way to take one more."""


class Crowd:
    """The commands of one process."""

    def __init__(self, *, threads: int = THREADS, most: int = MOST) -> None:
        """Nobody is there; threads are started as they are needed."""
        self._threads = ThreadPoolExecutor(threads, "command")
        self._glances = ThreadPoolExecutor(GLANCES, "typing")
        self._most = most
        self._under_way = 0
        self._quiet = Event()
        self._quiet.set()

    @property
    def under_way(self) -> int:
        """How many commands have been let in and are not answered yet."""
        return self._under_way

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """For as long as a command is under way. Raises Crowded when there is no room."""
        if self._under_way >= self._most:
            raise Crowded(f"{self._under_way} commands are under way.")
        self._under_way += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._quiet.set()

    def give_way(self, seconds: float) -> None:
        """For what works beside the commands, in a thread of its own: wait until none is under
        way, for so long at most."""
        self._quiet.wait(seconds)

    async def work(self, function: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Run ``function`` in one of the threads."""
        return await _run(self._threads, function, *arguments, **named)

    async def glance(self, function: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Run what somebody may not even wait for in one of the few threads for that."""
        return await _run(self._glances, function, *arguments, **named)

    def close(self) -> None:
        """Let the threads end when they are done."""
        for threads in (self._threads, self._glances):
            threads.shutdown(wait=False, cancel_futures=True)


async def _run(
    threads: ThreadPoolExecutor, function: Callable[..., T], *arguments: Any, **named: Any
) -> T:
    run = copy_context().run
    return await asyncio.get_running_loop().run_in_executor(
        threads, lambda: run(function, *arguments, **named)
    )
