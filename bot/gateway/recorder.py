"""From what was seen to what is in the lake: number it, then write it in order.

Nothing is given up because the database is away. What has been numbered keeps its numbers and what
has not is left as it is: both are handed back, and can be given again whenever it answers. An
event that the lake refuses is counted and logged, and its sequence is read anew, because the cursor
had counted on it.

Order holds whatever happens: what is offered together fails together when the database is lost, and
nothing is offered before what stands before it is on disk.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from enum import Enum, auto
from functools import partial
from itertools import takewhile
from typing import Any, Final, Protocol

import structlog

from bot import metrics, tracing
from bot.gateway.gaps import Gaps
from bot.gateway.known import has_newer, heads, stored, with_author
from bot.gateway.quarantine import Quarantined
from bot.gateway.roll_call import end_stays
from bot.gateway.seen import (
    Connected,
    Ignored,
    Missed,
    Observation,
    RollCall,
    Standing,
    Unavailable,
    Watched,
)
from bot.gateway.sequencer import HAND_OVER, Sequencer
from bot.gateway.steps import Numbered, Step
from events.engine.event import Event
from sql import lake, quarantine
from sql.errors import DatabaseUnreachable
from sql.patience import each_at_most
from sql.pool import Database
from sql.writer import SECONDS, QueueFull

MOST_QUARANTINED: Final = 100
"""Payloads of one name that one process keeps; further ones are only counted."""
FULL_SECONDS: Final = 0.005
TOGETHER: Final = 1000
"""Events that are offered at once; a page with bulk deletions has more."""

log = structlog.get_logger("tallystick.capture")


class Writer(Protocol):
    """The part of the lake's writer that capture needs."""

    def offer_all(self, events: Sequence[Event]) -> "list[Future[lake.Result]]":
        """Queue events, all or none, behind all that were queued before. Raises QueueFull."""


BEHIND_ALL: Final = (RollCall, Watched, Missed)
"""Steps that look at what is on disk, or say of it that it is."""
JUST_SEEN: Final = (Event, Observation, Ignored, Quarantined)
"""Steps that change nothing by which sequences are read."""
_Fact = tuple[Event, Observation | None]


class Told(Enum):
    """Whether others may have told what came after it."""

    FIRST = auto()
    """What we have seen and nobody else, or nobody before us."""
    WITH_ANOTHER = auto()
    """What we have seen, as a process did whose spool was drained before ours."""
    BY_ANOTHER = auto()
    """What a process has seen that is no more: it may have been long ago."""


class Recorder:
    """Records steps in the order in which they are given; not for use by two tasks at once."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        gaps: Gaps,
        clock: Callable[[], datetime],
        *,
        seconds: float = SECONDS,
    ) -> None:
        """The hand-over (see the sequencer) begins now, and with :meth:`begin`. Without an answer
        for ``seconds`` the database counts as away."""
        self._database = database
        self._writer = writer
        self._gaps = gaps
        self._clock = clock
        self._seconds = seconds
        self._started_at = clock()
        self._sequencer: Sequencer | None = None
        self._kept: dict[str, int] = {}
        self._began = 0
        """When what is being written began to be numbered, in nanoseconds."""
        self._thread = ThreadPoolExecutor(1, "numbering")
        """Of its own, so that commands that wait for the database do not keep captures waiting."""

    async def begin(self) -> None:
        """Read where every stream stands; if this fails, it is done before the first numbering.

        Raises DatabaseUnreachable.
        """
        await self._in_thread(self._begin)

    async def record(self, steps: Sequence[Step]) -> list[Step]:
        """Take ``steps`` all the way, in order; returns what is left because the database went
        away, to be given again. Everything else is on disk or given up."""
        waiting = deque(steps)
        while waiting:
            numbered = await self.number(waiting)
            facts = [fact for step in numbered for fact in step.facts]
            if left := await self.write(facts):
                return [*(Numbered((fact,)) for fact in left), *waiting]
            if not numbered:
                return list(waiting)
        return []

    async def number(self, waiting: deque[Step], told: Told = Told.FIRST) -> list[Numbered]:
        """What the first of ``waiting`` have become, which are taken out: as many as can be,
        and at least one unless the database is away. What is ``told`` too late, as others have
        told what came after it, is left out."""
        numbered: list[Numbered] = []
        self._began = time.time_ns()
        try:
            await self._in_thread(self._number, waiting, numbered, told)
        except DatabaseUnreachable:
            log.warning("database_away", doing="read")
        return numbered

    async def write(self, facts: Sequence[_Fact]) -> list[_Fact]:
        """Write in order; returns what is left because the database went away."""
        for start in range(0, len(facts), TOGETHER):
            left = await self._write_together(facts[start : start + TOGETHER])
            if left:
                log.warning("database_away", doing="write")
                return [*left, *facts[start + TOGETHER :]]
        if self._sequencer is not None:
            self._sequencer.settle(self._clock())
        return []

    def alone(self) -> None:
        """The process that was there before us is no more: there is no hand-over, or no longer."""
        self._started_at = self._clock() - HAND_OVER
        if self._sequencer is not None:
            self._sequencer.alone()

    def close(self) -> None:
        """No more steps will be given."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, work: Callable[..., object], *arguments: object) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *arguments))

    def _begin(self) -> None:
        with each_at_most(self._seconds):
            self._numbers()

    def _numbers(self) -> Sequencer:
        if self._sequencer is None:
            history = partial(stored, self._database)
            self._sequencer = Sequencer(history, heads(self._database), self._started_at)
            self._sequencer.settle(self._clock())
        return self._sequencer

    def _number(self, waiting: deque[Step], numbered: list[Numbered], told: Told) -> None:
        """In a thread: move ``waiting`` over to ``numbered`` as far as the database answers."""
        with each_at_most(self._seconds):
            self._number_in_time(waiting, numbered, told)

    def _number_in_time(self, waiting: deque[Step], numbered: list[Numbered], told: Told) -> None:
        self._foresee(waiting)
        taken: set[type] = set()
        while waiting and _may_follow(waiting[0], taken, numbered):
            step = waiting[0]
            taken.add(type(step))
            facts: list[_Fact] = []
            rest: deque[Observation] = deque()
            try:
                news = self._gaps.news(step) if told is Told.BY_ANOTHER else step
                if news is None:
                    metrics.ignored("overtaken").inc()
                else:
                    self._open(news, facts, rest)
                while rest:
                    self._observe(facts, rest, told)
                for at, (event, seen) in enumerate(facts):
                    facts[at] = self._known(event, numbered), seen
            except DatabaseUnreachable:
                if facts or rest:  # cursors have moved: from here on it is what has become of it
                    waiting[0] = Numbered(tuple(facts), tuple(rest))
                raise
            except Exception as error:
                metrics.LOST.labels("not_numbered").inc()
                log.error("step_lost", step=type(step).__name__, error=type(error).__name__)
            waiting.popleft()
            numbered.append(Numbered(tuple(facts)))

    def _foresee(self, waiting: Iterable[Step]) -> None:
        """Load at once what numbering the next steps will look at."""
        ahead = takewhile(lambda step: isinstance(step, JUST_SEEN), waiting)
        try:
            self._numbers().foresee(step for step in ahead if isinstance(step, Observation))
        except DatabaseUnreachable:
            raise
        except Exception as error:  # each is loaded by itself, and whose fault it is, is seen then
            log.warning("not_foreseen", error=type(error).__name__)

    def _open(self, step: Step, facts: list[_Fact], rest: deque[Observation]) -> None:
        """Do what ``step`` asks for; ``facts`` and what is still to be numbered are filled in."""
        match step:
            case Event():
                facts.append((step, None))
            case Observation():
                rest.append(step)
            case Ignored():
                metrics.ignored(step.reason).inc()
            case Quarantined():
                self._keep(step)
            case RollCall():
                rest.extend(self._call_roll(step))
            case Standing():
                rest.extend([*self._numbers().gone(step), *step.on])
            case Numbered():
                for _, seen in step.facts:
                    if seen is not None:  # numbered in another life, perhaps: read it from the lake
                        self._numbers().forget(seen)
                facts.extend(step.facts)
                rest.extend(step.rest)
            case _:
                self._look_back(step)

    def _look_back(self, step: Connected | Unavailable | Missed | Watched) -> None:
        """What tells of ourselves: when we see, and when we did not."""
        match step:
            case Connected():
                self._numbers().connected(step.guilds, heads(self._database))
                self._gaps.connected(step)
            case Unavailable():
                self._gaps.went(step)
            case Missed():
                self._gaps.missed(step)
            case Watched():
                self._gaps.noted(step, self._clock())

    def _observe(self, facts: list[_Fact], rest: deque[Observation], told: Told) -> None:
        seen = rest[0]
        late = told is not Told.FIRST and self._is_overtaken(seen)
        event = None if late else self._numbers().number(seen)
        rest.popleft()
        if event is None:
            metrics.ignored("overtaken" if late else "redelivered").inc()
        else:
            facts.append((event, seen))

    def _is_overtaken(self, seen: Observation) -> bool:
        event = self._numbers().would_be(seen)
        return event is not None and has_newer(self._database, seen, event)

    def _call_roll(self, call: RollCall) -> Iterable[Observation]:
        """End the stays in voice that we know of; returns those who are there now. Where we cannot
        know of any, they are taken in all the same. Of whom another process has seen what came
        after the roll, that stands."""
        seen_until = call.seen_until or self._gaps.arrived(call)
        accompanied = self._gaps.is_accompanied(call.guild_id)
        try:
            gone = end_stays(self._database, call, seen_until, accompanied=accompanied)
        except DatabaseUnreachable:
            raise
        except Exception as error:
            log.warning("roll_not_called", guild=call.guild_id, error=type(error).__name__)
            return call.present
        metrics.RECORDED.labels("voice_leave").inc(len(gone))
        for seen in gone:
            self._numbers().forget(seen)
        if not accompanied:
            return call.present
        return [seen for seen in call.present if not self._is_overtaken(seen)]

    def _known(self, event: Event, before: Sequence[Numbered]) -> Event:
        """``event`` with the author of its message, which may have come a moment before."""
        return with_author(self._database, event, _backwards(before))

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

    async def _write_together(self, facts: Sequence[_Fact]) -> list[_Fact]:
        offered = await self._offered([event for event, _ in facts])
        results = await asyncio.gather(*map(asyncio.wrap_future, offered), return_exceptions=True)
        left: list[_Fact] = []
        taken: dict[tuple[int, str], Observation | None] = {}
        for (event, seen), result in zip(facts, results, strict=True):
            if isinstance(result, DatabaseUnreachable):
                left.append((event, seen))
                continue
            recorded = _recorded(event, result)
            if seen is not None and self._sequencer is not None:
                if not recorded:
                    self._sequencer.forget(seen)
                if isinstance(result, lake.Conflict):
                    taken[seen.guild_id, seen.prefix] = seen
                elif (seen.guild_id, seen.prefix) in taken:
                    taken[seen.guild_id, seen.prefix] = None  # what came later has been recorded
        pairs = zip(facts, results, strict=True)
        new = [event for (event, _), result in pairs if isinstance(result, lake.Appended)]
        for event_type, number in Counter(event.event_type for event in new).items():
            metrics.RECORDED.labels(event_type).inc(number)
        tracing.captured(new, self._began)
        again = [seen for seen in taken.values() if seen is not None]
        return left or await self._once_more(again)

    async def _once_more(self, seen: Sequence[Observation]) -> list[_Fact]:
        """Another process has used their numbers: are they known by what it recorded, or new? Only
        the newest of each sequence is asked about; the other process saw what was before it."""
        waiting = deque[Step](seen)
        numbered = await self.number(waiting)
        if waiting:
            metrics.LOST.labels("not_numbered").inc(len(waiting))
            log.error("step_lost", step="Observation", error="DatabaseUnreachable")
        facts = [fact for step in numbered for fact in step.facts]
        return await self._write_together(facts) if facts else []

    async def _offered(self, events: Sequence[Event]) -> "list[Future[lake.Result]]":
        while True:
            try:
                return self._writer.offer_all(events)
            except QueueFull:
                await asyncio.sleep(FULL_SECONDS)


def _may_follow(step: Step, taken: set[type], numbered: Sequence[Numbered]) -> bool:
    """Whether ``step`` can be looked at before what was numbered is on disk. What has to stand
    behind all of it cannot; nor can what comes after facts that were numbered at another time,
    whose sequences are read from there."""
    if isinstance(step, BEHIND_ALL):
        return not any(one.facts for one in numbered)
    return isinstance(step, Numbered) or Numbered not in taken


def _backwards(steps: Sequence[Numbered]) -> Iterator[Event]:
    return (event for step in reversed(steps) for event, _ in reversed(step.facts))


def _recorded(event: Event, result: lake.Result | BaseException) -> bool:
    """Whether ``event`` is in the lake; if it is not new there, it is counted."""
    match result:
        case lake.Appended():
            pass
        case lake.Duplicate():
            metrics.DUPLICATES.labels(event.event_type).inc()
        case lake.Conflict():
            metrics.CONFLICTS.labels(event.event_type).inc()
            log.error("conflict", position=result.position, **_named(event))
            return False
        case _:
            metrics.LOST.labels("not_written").inc()
            log.error("event_lost", error=type(result).__name__, **_named(event))
            return False
    return True


def _named(event: Event) -> dict[str, Any]:
    """What a line says of an event."""
    return {
        "guild": event.guild_id,
        "source_id": event.source_id,
        "type": event.event_type,
    }
