"""How long whoever asks the database can wait for it.

A limit holds for everything that is done in its block, in the same thread or the same task: for a
connection, for each statement (the server gives it up by itself), and for each answer (the
connection is closed when there is none, so that what hangs can never be committed later).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

HEADSTART: Final = 0.2
"""Seconds by which the server gives a statement up before we do: then we know how it ended."""


@dataclass(frozen=True, slots=True)
class Limit:
    """``until`` is by the monotonic clock, None: no end; ``each`` is in seconds, for one answer."""

    until: float | None
    each: float
    judges: bool = True
    """Whether, without an answer for so long, the database is taken to hang."""

    @property
    def left(self) -> float:
        """Seconds in which the next answer must be here; not more than 0 when it is too late."""
        return self.each if self.until is None else min(self.each, self.until - time.monotonic())

    @property
    def statement_ms(self) -> int:
        """Milliseconds after which the server is to give up a statement."""
        return max(1, round(1000 * max(self.left - HEADSTART, self.left / 2)))


_LIMIT: ContextVar[Limit | None] = ContextVar("limit", default=None)


@contextmanager
def at_most(seconds: float, *, each: float | None = None, judges: bool = True) -> Iterator[None]:
    """In this block everything that is asked of the database has so many seconds in all, and
    ``each`` answer so many. Without ``judges`` they are too few to tell how it is."""
    each = seconds if each is None else each
    with _limited(Limit(time.monotonic() + seconds, each, judges)):
        yield


@contextmanager
def each_at_most(seconds: float) -> Iterator[None]:
    """In this block every single answer has so many seconds, however many there are."""
    with _limited(Limit(None, seconds)):
        yield


@contextmanager
def _limited(limit: Limit) -> Iterator[None]:
    token = _LIMIT.set(limit)
    try:
        yield
    finally:
        _LIMIT.reset(token)


def limit_now() -> Limit | None:
    """The limit of the block that we are in; None outside of any."""
    return _LIMIT.get()
