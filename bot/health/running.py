"""What runs in this process beside the connection to Discord: capture, the writer, effects."""

import asyncio
from collections.abc import Iterable, Iterator

from bot import metrics
from bot.background import utc_now
from bot.counter import counter_of
from bot.gateway.capture import Capture
from bot.health.findings import Finding, Part, at_work
from sql.pool import Database
from sql.writer import LakeWriter


class Recording(Part):
    """The way of what happens into the lake, and of commands to the counter."""

    def __init__(self, capture: Capture, writer: LakeWriter, database: Database) -> None:
        """Look at these."""
        self._capture = capture
        self._writer = writer
        self._counter = counter_of(database)

    def alive(self) -> Iterator[Finding]:
        """Whether what comes in is recorded."""
        yield at_work("capture", not self._capture.has_ended)
        yield at_work("writer", self._writer.is_alive)

    def ready(self) -> Iterator[Finding]:
        """Whether what comes in goes straight to the lake."""
        waiting = self._capture.waiting
        if not waiting.spooled:
            yield Finding("spool", "fine", "empty")
        else:
            detail = (
                f"{waiting.spooled:,} steps wait on disk, since {waiting.oldest:%Y-%m-%d %H:%M:%S}"
            )
            yield Finding("spool", "wrong", detail, vital=False)

    def measure(self) -> None:
        """Set how much waits."""
        waiting = self._capture.waiting
        metrics.CAPTURE_QUEUE.set(waiting.queued)
        metrics.SPOOL_DEPTH.set(waiting.spooled)
        metrics.SPOOL_BYTES.set(waiting.bytes)
        metrics.SPOOL_AGE.set(waiting.age(utc_now()))
        metrics.WRITER_QUEUE.set(self._writer.depth)
        metrics.COMMANDS_WAITING.set(self._counter.waiting)


class Tasks(Part):
    """Tasks of which none ends before it is told to, known by their names."""

    def __init__(self, tasks: Iterable["asyncio.Task[None]"]) -> None:
        """Look at these."""
        self._tasks = list(tasks)

    def alive(self) -> Iterator[Finding]:
        """Whether each goes on."""
        return (at_work(task.get_name(), not task.done()) for task in self._tasks)
