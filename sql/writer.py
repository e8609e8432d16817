"""The micro-batching writer in front of the lake: many captures, one transaction.

A thread takes whatever has gathered (at most ``max_batch`` events, across guilds), appends it in
one transaction and then acknowledges each event: an acknowledged event is on disk. While one
batch commits the next gathers, so the batch grows with the load and an idle bot waits for nothing.

When the queue is full, :meth:`LakeWriter.write` waits for room: the writer itself never drops an
event. Whoever cannot wait asks :meth:`LakeWriter.offer`, which says no instead. When the database
refuses a batch, its events are tried one by one, so that one bad event fails alone; when the
database is away, every event of the batch, and all that wait behind it, fail with the reason:
nothing is half written, and nothing overtakes what has failed.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext, suppress

from events.engine.event import Event
from sql import lake
from sql.errors import DatabaseError, DatabaseUnreachable
from sql.lake import Result
from sql.patience import each_at_most
from sql.pool import Database

CAPACITY = 10_000
MAX_BATCH = 1000
SECONDS = 5.0
"""Without an answer for so long, the database counts as away."""
LOOK_FIRST_BATCHES = 20
"""After a batch that held a duplicate, so many batches are looked up before they are written."""


class WriterClosed(DatabaseError):
    """The writer has been closed; the event was not recorded."""


class QueueFull(DatabaseError):
    """There is no room for one more event right now."""


Around = Callable[[Sequence[Event]], AbstractContextManager[object]]
"""A block around the writing of these events, for whoever measures it."""

_Waiter = Future[Result] | asyncio.Future[Result]
_Entry = tuple[Event, _Waiter]


class LakeWriter:
    """Appends events from any thread or task; see the module's text for what is promised."""

    def __init__(
        self,
        database: Database,
        *,
        capacity: int = CAPACITY,
        max_batch: int = MAX_BATCH,
        around: Around = lambda events: nullcontext(),
        seconds: float = SECONDS,
    ) -> None:
        """Start the writing thread. ``capacity`` is how many events may wait; each batch is
        written inside the block that ``around`` makes for it. Without an answer for ``seconds`` the
        database counts as away."""
        self._database = database
        self._capacity = capacity
        self._max_batch = max_batch
        self._around = around
        self._seconds = seconds
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

    @property
    def is_alive(self) -> bool:
        """Whether its thread is at work."""
        return self._thread.is_alive()

    def offer(self, event: Event) -> "Future[Result]":
        """Queue one event; the future is done when it is on disk.

        Raises QueueFull when there is no room, WriterClosed when it is too late.
        """
        return self.offer_all([event])[0]

    def offer_all(self, events: Sequence[Event]) -> "list[Future[Result]]":
        """Queue ``events`` next to each other, all of them or none; raises as :meth:`offer` does.

        When the database is away, none of them is written after one that was not: they fail
        together with everything that waits, and can be offered again in order.
        """
        entries = [(event, Future[Result]()) for event in events]
        self._queue(entries)
        return [future for _, future in entries]

    async def write(self, event: Event) -> Result:
        """Append one event, waiting for room if need be; returns when it is on disk.

        Raises DatabaseError (or what the database said) when it could not be written.
        """
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        while True:
            try:
                self._queue([(event, future)])
            except QueueFull:
                await asyncio.sleep(0.005)
            else:
                return await future

    def _queue(self, entries: Sequence[_Entry]) -> None:
        with self._changed:
            if self._closing:
                raise WriterClosed("The writer is closed.")
            if len(self._waiting) + len(entries) > self._capacity:
                raise QueueFull(f"{len(self._waiting)} events are waiting to be written.")
            was_idle = not self._waiting
            self._waiting.extend(entries)
            if was_idle:
                self._changed.notify()

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
            self._give_back(batch, error)
        except Exception as error:  # the batch was refused: find out which event, keep the others
            if len(batch) == 1:
                _settle([(batch[0][1], error)])
            else:
                self._append_singly(deque(batch))
        else:
            _settle((waiter, result) for (_, waiter), result in zip(batch, results, strict=True))

    def _append_singly(self, batch: deque[_Entry]) -> None:
        while batch:
            event, waiter = batch[0]
            try:
                (result,) = self._transaction([event])
            except DatabaseUnreachable as error:
                self._give_back(batch, error)
                return
            except Exception as error:
                _settle([(waiter, error)])
            else:
                _settle([(waiter, result)])
            batch.popleft()

    def _give_back(self, batch: Iterable[_Entry], error: DatabaseUnreachable) -> None:
        """These, and all that wait behind them, fail together: none overtakes another."""
        with self._changed:
            behind = list(self._waiting)
            self._waiting.clear()
        _settle((waiter, error) for _, waiter in [*batch, *behind])

    def _transaction(self, events: Sequence[Event]) -> list[Result]:
        with self._around(events), each_at_most(self._seconds):
            results = lake.record(self._database, events, look_first=self._look_first > 0)
        known = any(not isinstance(result, lake.Appended) for result in results)
        self._look_first = LOOK_FIRST_BATCHES if known else max(0, self._look_first - 1)
        return results


_Answer = tuple[_Waiter, Result | Exception]


def _settle(answers: Iterable[_Answer]) -> None:
    """Tell everybody who waits; each event loop is woken once for all of its tasks."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Answer]] = {}
    for waiter, answer in answers:
        if isinstance(waiter, asyncio.Future):
            by_loop.setdefault(waiter.get_loop(), []).append((waiter, answer))
        elif waiter.set_running_or_notify_cancel():
            _tell(waiter, answer)
    for loop, told in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_tell_all, told)


def _tell_all(answers: Iterable[_Answer]) -> None:
    for waiter, answer in answers:
        if not waiter.done():  # a cancelled task does not want to know
            _tell(waiter, answer)


def _tell(waiter: _Waiter, answer: Result | Exception) -> None:
    if isinstance(answer, Exception):
        waiter.set_exception(answer)
    else:
        waiter.set_result(answer)
