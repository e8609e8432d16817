"""Moments at which a process kills itself with -9: every point at which it waits for something.

Once armed (by SIGUSR1) the process counts the moments of one kind and dies at the n-th. There are
three kinds, which together are all the places where work can be cut in two: a step of the event
loop (each ``await`` that had to wait, each request and each dispatch), a word with PostgreSQL and a
statement of SQLite.
"""

import asyncio
import os
import signal
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import psycopg

Kind = Literal["step", "word", "statement"]
KINDS: Final[tuple[Kind, ...]] = ("step", "word", "statement")


@dataclass(frozen=True, slots=True)
class Doom:
    """Death before the ``moment``-th moment of a kind, or with ``after`` right after it."""

    kind: Kind
    moment: int
    after: bool = False

    def await_signal(self) -> None:
        """In the process that is to die: watch the moments, and count them once it is armed."""
        clock = _Clock(self.moment)
        if self.kind == "step":
            _watch(asyncio.Handle, "_run", clock, self.after)
        elif self.kind == "word":
            _watch(psycopg.Connection, "wait", clock, self.after)
        else:
            _watch_sqlite(clock, self.after)
        signal.signal(signal.SIGUSR1, lambda *_: clock.start())


class _Clock:
    """Counts down once it has been started."""

    def __init__(self, moment: int) -> None:
        self._left = moment
        self._started = False
        self._lock = threading.Lock()

    def start(self) -> None:
        self._started = True

    def tick(self) -> None:
        if not self._started:
            return
        with self._lock:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def _watch(owner: Any, name: str, clock: _Clock, after: bool) -> None:
    """Let every call of ``owner``'s method be a moment."""
    setattr(owner, name, _watched(getattr(owner, name), clock, after))


def _watched(method: Callable[..., Any], clock: _Clock, after: bool) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        if not after:
            clock.tick()
        try:
            return method(*arguments, **named)
        finally:
            if after:
                clock.tick()

    return call


def _watch_sqlite(clock: _Clock, after: bool) -> None:
    class Watched(sqlite3.Connection):
        execute = _watched(sqlite3.Connection.execute, clock, after)
        executemany = _watched(sqlite3.Connection.executemany, clock, after)
        commit = _watched(sqlite3.Connection.commit, clock, after)

    connect = sqlite3.connect

    def watched(*arguments: Any, **named: Any) -> Any:
        return connect(*arguments, **{"factory": Watched, **named})

    sqlite3.connect = watched
