"""Takes what waits in the spool to the lake, oldest first, as soon as the database answers.

A page of steps is numbered, the numbers are written over the steps, the facts are written to the
lake, and then the page is removed: each of these is on disk before the next begins. So whenever
the process is killed, what is found in the spool is either not in the lake, or has the very keys
under which it is: taken there once more, it is recorded once.

Spools that dead processes have left come first, those that are found at the start and those of
processes that die, or stop, while this one is at work.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import structlog

from bot.gateway.recorder import Recorder, Told
from bot.gateway.seen import Observation, RollCall, Standing
from bot.gateway.spool import IN_MEMORY, Kept, Spool, SpoolError, orphans
from bot.gateway.steps import Numbered, Step
from events.engine.event import Event

PAGE: Final = 500
"""Steps that are taken out of the spool together."""
RETRY_SECONDS: Final = 1.0
FIND_SECONDS: Final = 3.0
"""Between two looks for what a dead process has left."""

log = structlog.get_logger("tallystick.spool")
T = TypeVar("T")


class Drainer:
    """The spool of one capture and, before it, those that dead processes have left."""

    def __init__(
        self,
        recorder: Recorder,
        spool: Spool,
        clock: Callable[[], datetime],
        *,
        folder: Path | None = None,
        retry: float = RETRY_SECONDS,
        find: float = FIND_SECONDS,
    ) -> None:
        """``spool`` is closed by its owner; what dead processes leave in ``folder`` is closed here.
        ``retry`` is in seconds, between two tries, ``find`` between two looks for such spools."""
        self._recorder = recorder
        self._spool = spool
        self._folder = folder
        self._orphans = deque(orphans(folder) if folder else ())
        self._clock = clock
        self._retry = retry
        self._find = find
        self._found_at = time.monotonic()
        self._shared = False
        """Whether what is in our spool may also have been in one of another process."""
        self._unwritten: dict[tuple[Spool, int], Step] = {}
        """What steps have become, where there was no room to write it."""
        self._turn = asyncio.Lock()
        """Held while something is recorded past the spools, and while a spool is adopted."""
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "spool")
        self._report()

    @property
    def _spools(self) -> list[Spool]:
        return [*self._orphans, self._spool]

    @property
    def depth(self) -> int:
        """How many steps wait in all spools."""
        return sum(spool.depth for spool in self._spools)

    @property
    def forgotten(self) -> int:
        """How many steps would be lost if it ended now: those of a spool in memory."""
        return self._spool.depth if self._spool.path == IN_MEMORY else 0

    @property
    def size(self) -> int:
        """How many bytes they have."""
        return sum(spool.size for spool in self._spools)

    @property
    def oldest(self) -> datetime | None:
        """Since when the oldest of them waits."""
        return min((spool.oldest for spool in self._spools if spool.oldest), default=None)

    async def pass_by(self, steps: Sequence[Step]) -> Sequence[Step]:
        """Record ``steps`` at once, unless something waits that comes first; returns those that
        have to wait as well."""
        async with self._turn:
            return steps if self.depth else await self._recorder.record(steps)

    async def append(self, steps: Sequence[Step]) -> None:
        """Put ``steps`` behind everything that waits; on return they are on disk. Waits for room
        when there is none."""
        while True:
            try:
                await self._in_thread(lambda: self._spool.append(steps, self._clock()))
            except SpoolError as error:
                log.error("spool_full", problem=str(error), retry_seconds=self._retry)
                await asyncio.sleep(self._retry)
            else:
                self._report()
                return

    async def drained(self) -> None:
        """Wait until nothing is in any spool."""
        await self._emptied.wait()

    async def run(self) -> None:
        """Take everything to the lake, again and again, until cancelled."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._filled.wait(), self._find)
            try:
                await self._look()
                done = not self.depth or await self.page()
            except Exception as error:  # the page, or the spool that was found, stays where it is
                log.error("drain_failed", error=type(error).__name__)
                done = False
            if not done:
                await asyncio.sleep(self._retry)

    def close(self) -> None:
        """Let go of the orphans; what waits in them stays there."""
        self._thread.shutdown()
        while self._orphans:
            self._orphans.popleft().close()

    async def adopt(self, spools: Callable[[], Iterable[Spool]]) -> None:
        """Take over ``spools``, which nobody else has, before anything more is recorded."""
        async with self._turn:
            before = len(self._orphans)
            await self._in_thread(lambda: self._orphans.extend(spools()))
            if len(self._orphans) > before:
                self._shared = self._spool.depth > 0
                self._recorder.alone()
                log.info("spool_adopted", steps=self.depth - self._spool.depth)
        self._report()

    async def _look(self) -> None:
        """Take over what was left by a process that has died since the last look."""
        folder = self._folder
        if folder is not None and time.monotonic() - self._found_at >= self._find:
            self._found_at = time.monotonic()
            await self.adopt(lambda: orphans(folder, again=False))

    def _first(self) -> Spool:
        """The spool to take from now; an orphan that is empty is let go."""
        while self._orphans and not self._orphans[0].depth:
            self._thread.submit(self._orphans.popleft().close)
        return self._orphans[0] if self._orphans else self._spool

    async def page(self) -> bool:
        """Take one page to the lake, as far as the database answers; whether it does."""
        spool = self._first()
        kept = await self._in_thread(lambda: spool.head(PAGE))
        steps = [self._unwritten.get((spool, one.number), one.step) for one in kept]
        waiting = deque(steps)
        numbered = await self._recorder.number(waiting, self._told(spool))
        became = zip(kept, steps, [*numbered, *waiting], strict=True)
        await self._keep(
            spool, [Kept(o.number, new) for o, old, new in became if _differ(old, new)]
        )
        if await self._recorder.write([fact for step in numbered for fact in step.facts]):
            return False
        if numbered:
            last = kept[len(numbered) - 1].number
            await self._in_thread(lambda: spool.remove(last))
            self._unwritten.clear()
            self._shared = self._shared and self._spool.depth > 0
        self._report()
        return bool(numbered) or not kept

    def _told(self, spool: Spool) -> Told:
        if spool is not self._spool:
            return Told.BY_ANOTHER
        return Told.WITH_ANOTHER if self._shared else Told.FIRST

    async def _keep(self, spool: Spool, changed: list[Kept]) -> None:
        if not changed:
            return
        try:
            await self._in_thread(lambda: spool.replace(changed))
        except SpoolError as error:  # the numbers are safe unless we are killed right now
            log.error("spool_full", problem=str(error))
            self._unwritten.update(((spool, one.number), one.step) for one in changed)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _report(self) -> None:
        """Tell whoever waits."""
        if self.depth:
            self._filled.set()
            self._emptied.clear()
        else:
            self._filled.clear()
            self._emptied.set()


def _differ(old: Step, new: Step) -> bool:
    """Whether doing ``old`` once more might not come to ``new``, so that ``new`` must be kept."""
    if isinstance(old, Observation | RollCall | Standing):
        return True
    if isinstance(old, Event):
        return isinstance(new, Numbered) and any(event is not old for event, _ in new.facts)
    return isinstance(old, Numbered) and new != old
