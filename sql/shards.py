"""Shards over several processes: how many there are, whose turn it is, which cluster one is.

What a process is to the others are advisory locks of one session, so it ends when the process
dies, or its connection does, and somebody else can take its place.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from sql.errors import DatabaseUnreachable
from sql.pool import APP_ROLE, LIVELY, Connection, ConnectionLost, Database
from sql.statements import query

_FILE: Final = "queries/shards.sql"
EVERYWHERE: Final = 0
"""The guild whose rows these are."""


def take_turn(database: Database, application_id: int, bucket: int, pause: float) -> float:
    """Take the next turn of a bucket; in how many seconds it is. Turns are ``pause`` seconds apart
    at least, by the database's clock, whichever process takes them."""
    parameters = {"application": application_id, "bucket": bucket, "pause": pause}
    with database.transaction(EVERYWHERE) as conn:
        row = conn.execute(query(_FILE, "take_turn"), parameters).fetchone()
    assert row is not None
    return float(row[0])


class Seat:
    """A session of its own that says what this process is to the others. Not to be shared between
    threads. Every method raises DatabaseUnreachable when the session is lost: all is let go then.
    """

    def __init__(self, dsn: str, application_id: int) -> None:
        """Nothing is connected before it is needed."""
        self._dsn = dsn
        self._application_id = application_id
        self._conn: Connection | None = None

    def agree(self, wanted: int | None, advised: int) -> int:
        """How many shards the bot has, of which this process is going to run some. Whoever comes
        while nobody else runs any says how many: as many as ``wanted``, or else ``advised``."""
        alone = self._ask("try_alone")
        if not alone:
            self._ask("be_one")  # after whoever is saying it just now
        known = self._ask("agreed")
        if alone or known is None:
            known = self._ask("agree", shards=advised if wanted is None else wanted)
        if alone:
            self._ask("be_one")
            self._ask("end_alone")
        return int(known)

    def sit(self, clusters: Sequence[int]) -> int | None:
        """Be the first of these clusters that nobody is; None when each is somebody."""
        for cluster in clusters:
            if self._ask("try_seat", cluster=cluster):
                return cluster
        return None

    def is_held(self) -> bool:
        """Whether the session is still there, and with it all that was taken."""
        if self._conn is None:
            return False
        try:
            return bool(self._ask("still_there"))
        except DatabaseUnreachable:
            return False

    def close(self) -> None:
        """Let everything go."""
        conn, self._conn = self._conn, None
        if conn is None:
            return
        with conn, suppress(ConnectionLost):
            if not conn.broken:
                conn.execute(query(_FILE, "let_go"))  # the server notices our end a moment later

    def _ask(self, name: str, **parameters: int) -> Any:
        """Run a statement; the first thing that it answers."""
        try:
            row = (
                self._connection()
                .execute(query(_FILE, name), {"application": self._application_id, **parameters})
                .fetchone()
            )
        except ConnectionLost as error:
            self.close()
            raise DatabaseUnreachable("The database does not answer.") from error
        return None if row is None else row[0]

    def _connection(self) -> Connection:
        if self._conn is None:
            self._conn = Connection.connect(self._dsn, autocommit=True, **LIVELY)
            self._conn.execute(query(_FILE, "hold"), {"role": APP_ROLE})
        return self._conn
