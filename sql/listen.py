"""Waiting for news: one notification for each batch of appends wakes whoever waits."""

import time
from types import TracebackType
from typing import Self

from sql.pool import Connection, ConnectionLost
from sql.statements import query


class Listener:
    """A connection of its own that waits for appends. Not to be shared between threads."""

    def __init__(self, dsn: str) -> None:
        """Nothing is connected before the first :meth:`wait`."""
        self._dsn = dsn
        self._conn: Connection | None = None

    def wait(self, seconds: float) -> bool:
        """Return True as soon as events were appended, False after ``seconds`` without news.

        A lost connection counts as no news; the next call connects again.
        """
        try:
            if self._conn is None:
                self._conn = Connection.connect(self._dsn, autocommit=True, connect_timeout=5)
                self._conn.execute(query("queries/session.sql", "listen"))
                return True  # something may have come before we listened
            return any(True for _ in self._conn.notifies(timeout=seconds, stop_after=1))
        except ConnectionLost:
            self.close()
            time.sleep(seconds)
            return False

    def close(self) -> None:
        """Stop listening."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def __enter__(self) -> Self:
        """The listener; closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        self.close()
