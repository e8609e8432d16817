"""Capture: raw payloads in at one end, recorded events out at the other, in order.

The client's dispatch parsers are wrapped, so payloads are seen as Discord sent them, also those of
messages that no cache holds. In the wrapper a payload is only translated (before discord.py, which
changes payloads in place) and queued; that never waits and never keeps discord.py from its own
work. One consumer task records page by page: the next page begins when every event of the last is
on disk, so order holds, and an idle bot still waits for nothing.

When the database goes away, what is left of the page goes to the spool, and from then on everything
does, until the spool has been drained to its end (``drainer``). The same is done when payloads come
faster than they can be recorded and a tenth of the queue is full: so memory is bounded, whatever
comes, and the lake is filled at its own pace. When there is no room in the spool, payloads wait in
the queue, and when that is full, further ones are lost: each is counted and logged, the span in
which that happened is recorded as one in which we were blind, and none blocks the gateway, because
a client that does not answer heartbeats would lose them all.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import discord
import structlog

from bot import metrics
from bot.background import utc_now
from bot.gateway.client_view import arrival, roll_calls
from bot.gateway.drainer import FIND_SECONDS, RETRY_SECONDS, Drainer
from bot.gateway.gaps import Gaps
from bot.gateway.quarantine import guild_of, quarantined
from bot.gateway.readings import Readings
from bot.gateway.recorder import Recorder, Writer
from bot.gateway.seen import Arrival, Ignored, Missed, RollCall, Watched
from bot.gateway.sessions import Parsers, Sessions
from bot.gateway.spool import Spool
from bot.gateway.steps import Step
from bot.gateway.translate import translate, translators
from sql.errors import DatabaseUnreachable
from sql.pool import Database
from sql.writer import SECONDS

CAPACITY: Final = 50_000
"""Payloads that may wait: for as long as a disk that others use too may keep the spool waiting."""
PAGE: Final = 500
"""Payloads whose events are written before the next are looked at."""
SPOOLED: Final = 10_000
"""Payloads that go to the spool together. Many: while more comes in than the loop can take in, each
turn of it that they wait for is a long one."""
ROOM_SECONDS: Final = 0.02

log = structlog.get_logger("tallystick.capture")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Payloads in memory; steps on disk, their bytes, and since when the oldest waits there."""

    queued: int
    spooled: int
    bytes: int
    oldest: datetime | None

    def age(self, now: datetime) -> float:
        """How many seconds the oldest has waited on disk."""
        return 0.0 if self.oldest is None else max(0.0, (now - self.oldest).total_seconds())


class Capture:
    """Takes payloads off any number of clients; started and stopped by its owner, not by them."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        spool: Spool | None = None,
        *,
        folder: Path | None = None,
        clock: Callable[[], datetime] = utc_now,
        capacity: int = CAPACITY,
        retry: float = RETRY_SECONDS,
        find: float = FIND_SECONDS,
        seconds: float = SECONDS,
    ) -> None:
        """Nothing runs before :meth:`start`; what comes in until then waits in the queue.

        ``spool`` is closed by its owner; without one there is one in memory. What dead processes
        have left in ``folder`` (looked for now and every ``find`` seconds) is drained, and closed,
        before anything else is recorded. ``retry`` is in seconds, between two tries while the
        database is away; it counts as away without an answer for ``seconds``.
        """
        self._clock = clock
        self._retry = retry
        self._queue: asyncio.Queue[tuple[Step, ...]] = asyncio.Queue(capacity)
        self._most = max(1, capacity // 10)
        """Payloads in memory from which on they go to the spool. A page that is being recorded then
        is finished before it, and there has to be room for what comes meanwhile."""
        self._full: tuple[datetime, datetime] | None = None
        """From when to when there was no room for what came in, if that is still to be told."""
        self._watched: list[tuple[discord.Client, Sessions]] = []
        self._readings = Readings()
        self._recorder = Recorder(
            database, writer, Gaps(database, uuid4().hex), clock, seconds=seconds
        )
        self._drainer = Drainer(
            self._recorder, spool or Spool(), clock, folder=folder, retry=retry, find=find
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._in_hand = 0

    def install(self, client: discord.Client) -> None:
        """From now on see every payload of ``client``. Once for each client."""
        sessions = Sessions(client, self._clock)
        parsers = Parsers(client._connection.parsers, sessions.look)
        client._connection.parsers = parsers
        for name in [*translators(), "READY"]:
            parsers[name] = self._wrapped(client, sessions, name, parsers[name])
        self._watched.append((client, sessions))

    async def start(self) -> None:
        """Begin to record; before the client connects, since the hand-over begins here. The
        database may be away."""
        try:
            await self._recorder.begin()
        except DatabaseUnreachable:
            log.warning("database_away", doing="start")
        self._tasks = [
            asyncio.create_task(self._run(), name="capture"),
            asyncio.create_task(self._drainer.run(), name="drainer"),
        ]

    @property
    def waiting(self) -> Waiting:
        """What has come in and is not in the lake yet."""
        return Waiting(
            self._queue.qsize(), self._drainer.depth, self._drainer.size, self._drainer.oldest
        )

    @property
    def has_ended(self) -> bool:
        """Whether what comes in is not taken in any more, although nobody stopped it."""
        return any(task.done() for task in self._tasks)

    def note(self, *, ended: bool = False) -> None:
        """Have it remembered until when everything was seen, behind all that was seen so far."""
        for client, sessions in self._watched:
            if self._queue.full():
                return  # not everything is on disk
            late = self._overdue(client, sessions, ended=ended)
            self._put((*late, Watched(sessions.seen(), self._clock(), ended)))

    async def room(self) -> None:
        """Wait until little is waiting: for what is fetched, so that it holds up nothing live."""
        while self._queue.qsize() >= PAGE or self._drainer.depth:
            await asyncio.sleep(ROOM_SECONDS)

    def take(self, steps: Iterable[Step]) -> None:
        """Queue ``steps`` that no gateway told, behind all that came in. Raises QueueFull."""
        self._put(tuple(steps))

    def touched(self, place: int) -> AbstractContextManager[set[int]]:
        """The messages of a channel, or the members of a guild, of which something comes in
        meanwhile."""
        return self._readings.of(place)

    async def taken(self) -> None:
        """Wait until everything that came in so far is on disk, in the lake or in the spool."""
        await self._queue.join()

    async def drain(self) -> None:
        """Wait until everything that came in so far is in the lake (or given up)."""
        await self.taken()
        await self._drainer.drained()

    async def stop(self, patience: float = 15.0) -> None:
        """Record or spool what has come in, for at most ``patience`` seconds, then stop. What is
        in the spool stays there for the next one."""
        if not self._tasks:
            self._drainer.close()
            return
        for client, sessions in self._watched:
            late = tuple(self._overdue(client, sessions, ended=True))
            if (late or self._full is not None) and not self._queue.full():
                self._put(late)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.taken(), patience)
        if left := self._in_hand + self._queue.qsize() + self._drainer.forgotten:
            metrics.LOST.labels("stopped").inc(left)
            log.error("stopped_early", payloads=left)
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._tasks = []
        self._recorder.close()
        self._drainer.close()

    def _wrapped(
        self, client: discord.Client, sessions: Sessions, name: str, parser: Callable[[Any], Any]
    ) -> Callable[[Any], Any]:
        """``parser``, with a look at the payload before it. Neither waits nor raises by itself."""

        taken_in = metrics.PAYLOADS.labels(name)  # looked up once: this is for each payload

        def parse(data: Any) -> Any:
            taken_in.inc()
            try:
                if name == "READY":
                    self._put((sessions.began(data),))
                elif sessions.is_replay(guild_of(name, data)):
                    metrics.ignored("replayed").inc()
                else:
                    self._readings.see(data)
                    told = _understood(name, data, arrival(client, self._clock()))
                    if steps := sessions.in_order(guild_of(name, data), told):
                        self._put(steps)
            except asyncio.QueueFull:
                metrics.LOST.labels("queue_full").inc()
            except Exception as error:
                _lost(name, error)
            return parser(data)

        return parse

    def _put(self, steps: tuple[Step, ...]) -> None:
        """Queue what was seen, behind the word on when there was no room, if there was none.

        Raises QueueFull.
        """
        full = self._full
        try:
            self._queue.put_nowait((*self._overflowed(), *steps))
        except asyncio.QueueFull:
            now = self._clock()
            if full is None:  # one line for all that is lost until there is room again
                log.error("queue_full", payloads=self._queue.qsize())
            self._full = (full[0] if full else now, now + timedelta(milliseconds=1))
            raise
        self._full = None

    def _overdue(
        self, client: discord.Client, sessions: Sessions, *, ended: bool
    ) -> Iterator[Step]:
        for step in sessions.overdue([guild.id for guild in client.guilds], ended=ended):
            yield step
            yield from self._roll(step)

    def _overflowed(self) -> Iterator[Step]:
        if self._full is not None:
            guilds = {guild.id for client, _ in self._watched for guild in client.guilds}
            step = Missed(tuple(sorted(guilds)), *self._full, "overflow")
            yield step
            yield from self._roll(step)

    def _roll(self, step: Step) -> Iterator[RollCall]:
        """Who is in voice, by the client's caches, after something was missed in a session."""
        if isinstance(step, Missed):
            for client, _ in self._watched:
                yield from roll_calls(client, step, self._clock())

    async def _run(self) -> None:
        while True:
            payloads = [await self._queue.get()]
            late = self._queue.qsize() >= self._most or self._drainer.depth > 0
            while len(payloads) < (SPOOLED if late else PAGE) and not self._queue.empty():
                payloads.append(self._queue.get_nowait())
            self._in_hand = len(payloads)
            try:
                with metrics.timed(metrics.CAPTURE_SECONDS):
                    await self._take([step for steps in payloads for step in steps], late=late)
            except Exception as error:  # capture must outlive its own mistakes
                metrics.LOST.labels("internal").inc(len(payloads))
                log.error("page_lost", payloads=len(payloads), error=type(error).__name__)
            finally:
                self._in_hand = 0
                for _ in payloads:
                    self._queue.task_done()

    async def _take(self, steps: Sequence[Step], *, late: bool) -> None:
        """Record ``steps``, or spool what cannot be, or what is ``late`` because more comes in than
        can be recorded; what waits in the spool goes first."""
        if not late:
            steps = await self._drainer.pass_by(steps)
        kept = [step for step in steps if not isinstance(step, Ignored)]
        for step in steps:
            if isinstance(step, Ignored):
                metrics.ignored(step.reason).inc()
        if kept:
            await self._drainer.append(kept)


def _understood(name: str, data: Any, around: Arrival) -> tuple[Step, ...]:
    """What the payload tells, or its shape when we cannot say."""
    try:
        return translate(name, data, around)
    except Exception as error:  # a translator's own mistake is kept like Discord's
        record = quarantined(name, data, error, around.at)
        metrics.QUARANTINED.labels(name).inc()
        log.error("payload_quarantined", event_name=name, guild=record.guild_id)
        return (record,)


def _lost(name: str, error: Exception) -> None:
    """Count and name what could not be taken in. Neither the text nor the trace is logged: both
    may quote the payload."""
    metrics.LOST.labels("internal").inc()
    log.error("payload_lost", event_name=name, error=type(error).__name__)
