"""The micro-batching writer in front of the lake: many captures, one transaction.

A thread takes whatever has gathered (at most ``max_batch`` events, across guilds), appends it in
one transaction and then acknowledges each event: an acknowledged event is on disk. While one
batch commits the next gathers, so the batch grows with the load and an idle bot waits for nothing.

When the queue is full, :meth:`LakeWriter.write` waits for room: the writer itself never drops an
event. Whoever cannot wait asks :meth:`LakeWriter.offer`, which says no instead. When the database
refuses a batch, its events are tried one by one, so that one bad event fails alone; when the
database is away, every event of the batch fails with the reason and nothing is half written.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress

from events.engine.event import Event
from sql import lake
from sql.errors import DatabaseError, DatabaseUnreachable
from sql.lake import Result
from sql.pool import Database

CAPACITY = 10_000
MAX_BATCH = 1000
LOOK_FIRST_BATCHES = 20
"""After a batch that held a duplicate, so many batches are looked up before they are written."""


class WriterClosed(DatabaseError):
    """The writer has been closed; the event was not recorded."""


class QueueFull(DatabaseError):
    """There is no room for one more event right now."""


_Entry = tuple[Event, "Future[Result]"]


class LakeWriter:
    """Appends events from any thread or task; see the module's text for what is promised."""

    def __init__(
        self, database: Database, *, capacity: int = CAPACITY, max_batch: int = MAX_BATCH
    ) -> None:
        """Start the writing thread. ``capacity`` is how many events may wait."""
        self._database = database
        self._capacity = capacity
        self._max_batch = max_batch
        self._waiting: deque[_Entry] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._look_first = 0
        self._thread = threading.Thread(target=self._run, name="lake-writer", daemon=True)
        self._thread.start()

    @property
    def depth(self) -> int:
        """How many events wait."""
        return len(self._waiting)

    def offer(self, event: Event) -> "Future[Result]":
        """Queue one event; the future is done when it is on disk.

        Raises QueueFull when there is no room, WriterClosed when it is too late.
        """
        future: Future[Result] = Future()
        with self._changed:
            if self._closing:
                raise WriterClosed("The writer is closed.")
            if len(self._waiting) >= self._capacity:
                raise QueueFull(f"{self._capacity} events are waiting to be written.")
            self._waiting.append((event, future))
            if len(self._waiting) == 1:
                self._changed.notify()
        return future

    async def write(self, event: Event) -> Result:
        """Append one event, waiting for room if need be; returns when it is on disk.

        Raises DatabaseError (or what the database said) when it could not be written.
        """
        while True:
            try:
                future = self.offer(event)
            except QueueFull:
                await asyncio.sleep(0.005)
            else:
                return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Write what waits, then stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closing:
                    self._changed.wait()
                if not self._waiting:
                    return
                size = min(len(self._waiting), self._max_batch)
                batch = [self._waiting.popleft() for _ in range(size)]
            self._append(batch)

    def _append(self, batch: Sequence[_Entry]) -> None:
        try:
            results = self._transaction([event for event, _ in batch])
        except DatabaseUnreachable as error:
            _fail(batch, error)
        except Exception as error:  # the batch was refused: find out which event, keep the others
            if len(batch) == 1:
                _fail(batch, error)
            else:
                for entry in batch:
                    self._append([entry])
        else:
            for (_, future), result in zip(batch, results, strict=True):
                _done(future, result)

    def _transaction(self, events: Sequence[Event]) -> list[Result]:
        with self._database.transaction(*{e.guild_id for e in events}) as conn:
            results = lake.append(conn, events, look_first=self._look_first > 0)
        known = any(not isinstance(result, lake.Appended) for result in results)
        self._look_first = LOOK_FIRST_BATCHES if known else max(0, self._look_first - 1)
        return results


def _done(future: "Future[Result]", result: Result) -> None:
    if future.set_running_or_notify_cancel():
        future.set_result(result)


def _fail(batch: Iterable[_Entry], error: Exception) -> None:
    for _, future in batch:
        if future.set_running_or_notify_cancel():
            with suppress(RuntimeError):
                future.set_exception(error)
