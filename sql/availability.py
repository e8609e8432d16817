"""Whether the database is known to be away, so that not everybody has to find it out by waiting."""

import threading
import time
from datetime import UTC, datetime
from typing import Final

from sql.errors import Reason

AGAIN: Final = 1.0
"""Seconds after which one of those who are in a hurry may try again."""


class Availability:
    """What was last found out by whoever asked the database, of all threads."""

    def __init__(self, again: float = AGAIN) -> None:
        """Nothing is known, so it is there."""
        self._again = again
        self._lock = threading.Lock()
        self._next = 0.0
        self.since: datetime | None = None
        """Since when it is known to be away; None when it is there."""
        self.reason: Reason | None = None
        """Why it is away, for all we know."""

    def lost(self, reason: Reason) -> None:
        """It was not there."""
        with self._lock:
            self.since = self.since or datetime.now(UTC)
            self.reason = reason
            self._next = time.monotonic() + self._again

    def found(self) -> None:
        """It has answered."""
        if self.since is not None:
            with self._lock:
                self.since = self.reason = None

    def may_be_tried(self) -> bool:
        """Whether it makes sense to ask: it is there, or it is time that somebody looks."""
        if self.since is None:
            return True
        with self._lock:
            now = time.monotonic()
            if self.since is not None and now < self._next:
                return False
            self._next = now + self._again
            return True
