"""Takes what waits in the spool to the lake, oldest first, as soon as the database answers.

A page of steps is numbered, the numbers are written over the steps, the facts are written to the
lake, and then the page is removed: each of these is on disk before the next begins. So whenever
the process is killed, what is found in the spool is either not in the lake, or has the very keys
under which it is: taken there once more, it is recorded once.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final, TypeVar

import structlog

from bot.gateway.recorder import Recorder
from bot.gateway.seen import Observation, RollCall, Standing
from bot.gateway.spool import IN_MEMORY, Kept, Spool, SpoolError
from bot.gateway.steps import Numbered, Step
from events.engine.event import Event

PAGE: Final = 500
"""Steps that are taken out of the spool together."""
RETRY_SECONDS: Final = 1.0

log = structlog.get_logger("tallystick.spool")
T = TypeVar("T")


class Drainer:
    """The spool of one capture and, before it, those that dead processes have left."""

    def __init__(
        self,
        recorder: Recorder,
        spool: Spool,
        orphans: Iterable[Spool],
        clock: Callable[[], datetime],
        *,
        retry: float = RETRY_SECONDS,
    ) -> None:
        """``spool`` is closed by its owner, ``orphans`` are closed here. ``retry`` is in seconds,
        between two tries."""
        self._recorder = recorder
        self._spool = spool
        self._orphans = deque(orphans)
        self._clock = clock
        self._retry = retry
        self._unwritten: dict[int, Step] = {}
        """What steps of the first spool have become, where there was no room to write it."""
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
            await self._filled.wait()
            try:
                done = await self.page()
            except Exception as error:  # the page stays where it is
                log.error("drain_failed", error=type(error).__name__)
                done = False
            if not done:
                await asyncio.sleep(self._retry)

    def close(self) -> None:
        """Let go of the orphans; what waits in them stays there."""
        while self._orphans:
            self._thread.submit(self._orphans.popleft().close)
        self._thread.shutdown()

    def _first(self) -> Spool:
        """The spool to take from now; an orphan that is empty is let go."""
        while self._orphans and not self._orphans[0].depth:
            self._thread.submit(self._orphans.popleft().close)
        return self._orphans[0] if self._orphans else self._spool

    async def page(self) -> bool:
        """Take one page to the lake, as far as the database answers; whether it does."""
        spool = self._first()
        kept = await self._in_thread(lambda: spool.head(PAGE))
        steps = [self._unwritten.get(one.number, one.step) for one in kept]
        waiting = deque(steps)
        numbered = await self._recorder.number(waiting)
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
        self._report()
        return bool(numbered) or not kept

    async def _keep(self, spool: Spool, changed: list[Kept]) -> None:
        if not changed:
            return
        try:
            await self._in_thread(lambda: spool.replace(changed))
        except SpoolError as error:  # the numbers are safe unless we are killed right now
            log.error("spool_full", problem=str(error))
            self._unwritten.update((one.number, one.step) for one in changed)

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
