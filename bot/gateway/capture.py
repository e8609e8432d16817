"""Capture: raw payloads in at one end, recorded events out at the other, in order.

The client's dispatch parsers are wrapped, so payloads are seen as Discord sent them, also those of
messages that no cache holds. In the wrapper a payload is only translated (before discord.py, which
changes payloads in place) and queued; that never waits and never keeps discord.py from its own
work. One consumer task records page by page: the next page begins when every event of the last is
on disk, so order holds, and an idle bot still waits for nothing.

When the database is away the consumer waits for it, and the queue fills. When the queue is full,
further payloads are lost: each is counted and logged, and none blocks the gateway, because a client
that does not answer heartbeats would lose them all.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import uuid4

import discord
import structlog

from bot import metrics
from bot.background import utc_now
from bot.gateway.client_view import arrival
from bot.gateway.gaps import Gaps
from bot.gateway.known import heads, stored
from bot.gateway.quarantine import guild_of, quarantined
from bot.gateway.recorder import RETRY_SECONDS, Recorder, Step, Writer
from bot.gateway.seen import Arrival, Watched
from bot.gateway.sequencer import Sequencer
from bot.gateway.sessions import Parsers, Sessions
from bot.gateway.translate import translate, translators
from sql.pool import Database

CAPACITY: Final = 20_000
"""Payloads that may wait."""
PAGE: Final = 500
"""Payloads whose events are written before the next are looked at."""

log = structlog.get_logger("tallystick.capture")


class Capture:
    """Takes payloads off any number of clients; started and stopped by its owner, not by them."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        *,
        clock: Callable[[], datetime] = utc_now,
        capacity: int = CAPACITY,
        retry: float = RETRY_SECONDS,
    ) -> None:
        """Nothing runs before :meth:`start`; what comes in until then waits in the queue."""
        self._database = database
        self._writer = writer
        self._clock = clock
        self._retry = retry
        self._queue: asyncio.Queue[tuple[Step, ...]] = asyncio.Queue(capacity)
        self._consumer: asyncio.Task[None] | None = None
        self._watched: list[tuple[discord.Client, Sessions]] = []
        self._process = uuid4().hex

    def install(self, client: discord.Client) -> None:
        """From now on see every payload of ``client``. Once for each client."""
        sessions = Sessions(client, self._clock)
        parsers = Parsers(client._connection.parsers, sessions.look)
        client._connection.parsers = parsers
        for name in [*translators(), "READY"]:
            parsers[name] = self._wrapped(client, sessions, name, parsers[name])
        self._watched.append((client, sessions))

    async def start(self) -> None:
        """Begin to record; before the client connects, since the hand-over begins here.

        Raises DatabaseUnreachable.
        """
        known = await asyncio.to_thread(heads, self._database)
        sequencer = Sequencer(partial(stored, self._database), known, self._clock())
        gaps = Gaps(self._database, self._process)
        recorder = Recorder(self._database, self._writer, sequencer, gaps, retry=self._retry)
        self._consumer = asyncio.create_task(self._run(recorder), name="capture")

    @property
    def depth(self) -> int:
        """How many payloads wait to be recorded."""
        return self._queue.qsize()

    @property
    def has_ended(self) -> bool:
        """Whether what comes in is not recorded any more, although nobody stopped it."""
        return self._consumer is not None and self._consumer.done()

    def note(self, *, ended: bool = False) -> None:
        """Have it remembered until when everything was seen, behind all that was seen so far."""
        for client, sessions in self._watched:
            steps: list[Step] = list(sessions.missed(guild.id for guild in client.guilds))
            steps.append(Watched(sessions.seen(), self._clock(), ended))
            with suppress(asyncio.QueueFull):  # then it is not on disk either
                self._queue.put_nowait(tuple(steps))

    async def drain(self) -> None:
        """Wait until everything that came in so far is on disk (or given up)."""
        await self._queue.join()

    async def stop(self, patience: float = 10.0) -> None:
        """Record what has come in, for at most ``patience`` seconds, then stop."""
        if self._consumer is None:
            return
        try:
            await asyncio.wait_for(self.drain(), patience)
        except TimeoutError:
            metrics.LOST.labels("stopped").inc(self._queue.qsize())
            log.error("stopped_early", payloads=self._queue.qsize())
        self._consumer.cancel()
        with suppress(asyncio.CancelledError):
            await self._consumer
        self._consumer = None

    def _wrapped(
        self, client: discord.Client, sessions: Sessions, name: str, parser: Callable[[Any], Any]
    ) -> Callable[[Any], Any]:
        """``parser``, with a look at the payload before it. Neither waits nor raises by itself."""

        def parse(data: Any) -> Any:
            metrics.PAYLOADS.labels(name).inc()
            try:
                if name == "READY":
                    self._queue.put_nowait((sessions.began(data),))
                elif sessions.is_replay(guild_of(name, data)):
                    metrics.IGNORED.labels("replayed").inc()
                else:
                    around = arrival(client, self._clock())
                    self._queue.put_nowait(_understood(name, data, around))
            except Exception as error:
                _lost(name, error)
            return parser(data)

        return parse

    async def _run(self, recorder: Recorder) -> None:
        while True:
            payloads = [await self._queue.get()]
            while len(payloads) < PAGE and not self._queue.empty():
                payloads.append(self._queue.get_nowait())
            try:
                with metrics.timed(metrics.CAPTURE_SECONDS):
                    await recorder.record(
                        [step for steps in payloads for step in steps], self._clock
                    )
            except Exception as error:  # capture must outlive its own mistakes
                metrics.LOST.labels("internal").inc(len(payloads))
                log.error("page_lost", payloads=len(payloads), error=type(error).__name__)
            finally:
                for _ in payloads:
                    self._queue.task_done()


def _understood(name: str, data: Any, around: Arrival) -> tuple[Step, ...]:
    """What the payload tells, or its shape when we cannot say."""
    try:
        return translate(name, data, around)
    except Exception as error:  # a translator's own mistake is kept like Discord's
        record = quarantined(name, data, error, around.at)
        metrics.QUARANTINED.labels(name).inc()
        log.error("payload_quarantined", event_name=name, guild_id=record.guild_id)
        return (record,)


def _lost(name: str, error: Exception) -> None:
    """Count and name what could not be taken in. Neither the text nor the trace is logged: both
    may quote the payload."""
    reason = "queue_full" if isinstance(error, asyncio.QueueFull) else "internal"
    metrics.LOST.labels(reason).inc()
    log.error("payload_lost", event_name=name, error=type(error).__name__)
