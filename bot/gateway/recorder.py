"""From what was seen to what is in the lake: number, write in order, wait for the database.

While the database is away nothing is given up: what has been numbered keeps its numbers, what has
not is still waiting. An event that the lake refuses is counted and logged, and its sequence is read
anew, because the cursor had counted on it.

Order holds whatever happens: what is offered together fails together when the database is lost, and
nothing is offered before what stands before it is on disk.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Final, Protocol

import structlog

from bot import metrics
from bot.gateway.gaps import Gaps
from bot.gateway.known import heads, with_author
from bot.gateway.quarantine import Quarantined
from bot.gateway.roll_call import end_stays
from bot.gateway.seen import (
    Connected,
    Ignored,
    Missed,
    Observation,
    RollCall,
    Seen,
    Unavailable,
    Watched,
)
from bot.gateway.sequencer import Sequencer
from events.engine.event import Event
from sql import lake, quarantine
from sql.errors import DatabaseUnreachable
from sql.pool import Database
from sql.writer import QueueFull

MOST_QUARANTINED: Final = 100
"""Payloads of one name that one process keeps; further ones are only counted."""
RETRY_SECONDS: Final = 1.0
FULL_SECONDS: Final = 0.005
TOGETHER: Final = 1000
"""Events that are offered at once; a page with bulk deletions has more."""

log = structlog.get_logger("tallystick.capture")


class Writer(Protocol):
    """The part of the lake's writer that capture needs."""

    def offer_all(self, events: Sequence[Event]) -> "list[Future[lake.Result]]":
        """Queue events, all or none, behind all that were queued before. Raises QueueFull."""


Step = Seen | Quarantined | Connected | Watched | Missed
BEHIND_ALL: Final = (RollCall, Watched, Missed)
"""Steps that look at what is on disk, or say of it that it is."""
_Numbered = tuple[Event, Observation | None]


class Recorder:
    """Records pages of steps, one page at a time."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        sequencer: Sequencer,
        gaps: Gaps,
        *,
        retry: float,
    ) -> None:
        """``retry`` is in seconds, between two tries while the database is away."""
        self._database = database
        self._writer = writer
        self._sequencer = sequencer
        self._gaps = gaps
        self._retry = retry
        self._kept: dict[str, int] = {}

    async def record(self, steps: Sequence[Step], clock: Callable[[], datetime]) -> None:
        """Take ``steps`` all the way; on return each is on disk or given up."""
        waiting, numbered = deque(steps), list[_Numbered]()
        while waiting:
            try:
                await asyncio.to_thread(self._number, waiting, numbered)
            except DatabaseUnreachable:
                await self._patience("read")
                continue
            while numbered:
                numbered = await self._write(numbered)
                if numbered:
                    await self._patience("write")
        self._sequencer.settle(clock())

    async def _patience(self, doing: str) -> None:
        log.warning("database_away", doing=doing, retry_seconds=self._retry)
        await asyncio.sleep(self._retry)

    def _number(self, waiting: deque[Step], numbered: list[_Numbered]) -> None:
        """In a thread: move ``waiting`` over to ``numbered`` as far as the database answers, and up
        to a step that has to stand behind all of it."""
        while waiting:
            step = waiting[0]
            if isinstance(step, BEHIND_ALL) and numbered:
                return
            try:
                self._take(step, numbered)
            except DatabaseUnreachable:
                raise  # the step is still waiting
            except Exception as error:
                metrics.LOST.labels("not_numbered").inc()
                log.error("step_lost", step=type(step).__name__, error=type(error).__name__)
            waiting.popleft()

    def _take(self, step: Step, numbered: list[_Numbered]) -> None:
        match step:
            case Event():
                numbered.append((self._known(step, numbered), None))
            case Observation():
                event = self._sequencer.number(step)
                if event is None:
                    metrics.IGNORED.labels("redelivered").inc()
                else:
                    numbered.append((self._known(event, numbered), step))
            case Ignored():
                metrics.IGNORED.labels(step.reason).inc()
            case Quarantined():
                self._keep(step)
            case RollCall():
                self._call_roll(step)
                for seen in step.present:
                    self._take(seen, numbered)
            case Connected():
                self._sequencer.connected(step.guilds, heads(self._database))
                self._gaps.connected(step)
            case Unavailable():
                self._gaps.went(step)
            case Missed():
                self._gaps.missed(step)
            case Watched():
                self._gaps.noted(step)

    def _call_roll(self, call: RollCall) -> None:
        """End the stays in voice that we know of. Where we cannot know them, those who are there
        now are taken in all the same."""
        seen_until = self._gaps.arrived(call)
        try:
            gone = end_stays(self._database, call, seen_until)
        except DatabaseUnreachable:
            raise
        except Exception as error:
            log.warning("roll_not_called", guild_id=call.guild_id, error=type(error).__name__)
            return
        metrics.RECORDED.labels("voice_leave").inc(len(gone))
        for seen in gone:
            self._sequencer.forget(seen)

    def _known(self, event: Event, numbered: Sequence[_Numbered]) -> Event:
        """``event`` with the author of its message, who may have written a moment before."""
        return with_author(self._database, event, (other for other, _ in reversed(numbered)))

    def _keep(self, record: Quarantined) -> None:
        kept = self._kept.get(record.event_name, 0)
        if kept >= MOST_QUARANTINED:
            return
        guild_id = record.guild_id or 0
        with self._database.transaction(guild_id) as conn:
            quarantine.keep(
                conn,
                guild_id,
                record.event_name,
                record.problems,
                record.skeleton,
                record.received_at,
            )
        self._kept[record.event_name] = kept + 1

    async def _write(self, numbered: Sequence[_Numbered]) -> list[_Numbered]:
        """Write in order; what is left over when the database goes away is returned."""
        for start in range(0, len(numbered), TOGETHER):
            left = await self._write_together(numbered[start : start + TOGETHER])
            if left:
                return [*left, *numbered[start + TOGETHER :]]
        return []

    async def _write_together(self, numbered: Sequence[_Numbered]) -> list[_Numbered]:
        offered = await self._offered([event for event, _ in numbered])
        results = await asyncio.gather(*map(asyncio.wrap_future, offered), return_exceptions=True)
        left: list[_Numbered] = []
        for (event, seen), result in zip(numbered, results, strict=True):
            if isinstance(result, DatabaseUnreachable):
                left.append((event, seen))
            elif not _recorded(event, result) and seen is not None:
                self._sequencer.forget(seen)
        return left

    async def _offered(self, events: Sequence[Event]) -> "list[Future[lake.Result]]":
        while True:
            try:
                return self._writer.offer_all(events)
            except QueueFull:
                await asyncio.sleep(FULL_SECONDS)


def _recorded(event: Event, result: lake.Result | BaseException) -> bool:
    """Count what became of ``event``; whether it is in the lake."""
    match result:
        case lake.Appended():
            metrics.RECORDED.labels(event.event_type).inc()
        case lake.Duplicate():
            metrics.DUPLICATES.labels(event.event_type).inc()
        case lake.Conflict():
            metrics.CONFLICTS.labels(event.event_type).inc()
            log.error("conflict", guild_id=event.guild_id, source_id=event.source_id)
            return False
        case _:
            metrics.LOST.labels("not_written").inc()
            log.error("event_lost", source_id=event.source_id, error=type(result).__name__)
            return False
    return True
