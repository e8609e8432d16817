"""Connections: one pool per process, the app's role on each, a tenant in every transaction."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import psycopg
from psycopg import sql
from psycopg.abc import PQGen
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout

from sql.availability import Availability
from sql.errors import DatabaseUnreachable
from sql.faults import fault, fault_of
from sql.patience import Limit, each_at_most, limit_now
from sql.seal import Stream
from sql.statements import query, template

ConnectionLost = psycopg.OperationalError
"""The connection was lost, or could not be had."""

APP_ROLE: Final = "tallystick_app"
OWNER_ROLE: Final = "tallystick_owner"

ALL_GUILDS: Final = "*"
"""The tenant of work that is about every guild: workers looking for lag, operators' tables."""

_FILE = "queries/session.sql"
T = TypeVar("T")
CONNECT_SECONDS: Final = 5
RECONNECT_SECONDS: Final = 1.0
"""How long a connection that is refused is tried again by the pool; after that, when it is asked
for again."""
PROOF_SECONDS: Final = 0.5
"""In which a connection from before a loss must show that it is still there."""
HANGS_SECONDS: Final = 0.5
"""Without an answer for so long, the database hangs; before that, it was our time that ran out."""
IDLE_MS: Final = 60_000
"""After so many milliseconds without a word from us the server ends a transaction: a process that
is stopped, or whose machine is, keeps a guild locked for no longer."""
LIVELY: Final[dict[str, Any]] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""So that a connection to a machine that is gone ends within half a minute."""


class Connection(psycopg.Connection[TupleRow]):
    """A connection that remembers which streams its transaction holds, and where they stand.

    ``held`` is kept by ``sql/lake.py``; outside :meth:`Database.transaction` nothing is.
    """

    held: dict[int, Stream] | None = None
    limit: Limit | None = None
    ending = False
    """Whether the commit has been sent: from then on nobody can say that it was not done."""
    hung = False
    """Whether we have closed it because no answer came."""
    proven = 0.0
    """When it was last known to be there, by the monotonic clock."""

    @contextmanager
    def holding_streams(self) -> Iterator[None]:
        """For the length of one transaction, within the limit of the block that it is in."""
        self.held, self.ending, self.limit = {}, False, limit_now()
        try:
            yield
        finally:
            self.held = None

    def wait(self, gen: PQGen[T], *args: Any, **named: Any) -> T:
        """Wait for an answer as the base does, but not longer than the limit: then the connection
        is closed, so that the server cannot do later what nobody waits for any more."""
        if self.limit is None:
            return super().wait(gen, *args, **named)
        started, left = time.monotonic(), self.limit.left
        if left <= 0:
            self.close()
            raise psycopg.OperationalError("there is no time left")
        try:
            return super().wait(gen, *args, **named | {"timeout": left})
        except ConnectionLost as error:
            if error.sqlstate is None and not self.closed:
                waited = time.monotonic() - started
                self.hung = self.limit.judges and waited >= HANGS_SECONDS
                self.close()
            raise

    def commit(self) -> None:
        """End the transaction as the base does."""
        self.ending = True
        super().commit()


def set_tenant(conn: Connection, *guilds: int | str) -> None:
    """From here to the end of the transaction only rows of ``guilds`` can be seen or written."""
    conn.execute(template(_FILE, "set_tenant").format(tenant=sql.Literal(_tenant(guilds))))


def _is_told_once(record: logging.LogRecord) -> bool:
    """What goes wrong is raised; that what stands after it (other statements in flight, the
    rollback, giving the connection back) failed too is no news."""
    return not record.getMessage().startswith(_NO_NEWS)


_NO_NEWS: Final = ("error ignored terminating", "error ignored in", "discarding closed connection")
for _name in ("psycopg", "psycopg.pool"):
    logging.getLogger(_name).addFilter(_is_told_once)


def in_flight(conn: Connection) -> AbstractContextManager[object]:
    """A block whose statements are sent without waiting for one another's answers; an answer is
    awaited when it is read, and what went wrong is raised then, or at the end of the block.

    For statements with small parameters: with one of over a megabyte psycopg 3.3 may hang.
    """
    return conn.pipeline()


def _tenant(guilds: Iterable[int | str]) -> str:
    return ",".join(map(str, guilds))


@dataclass(frozen=True, slots=True)
class Use:
    """How the connections of a pool are used: how many are open, how many of those nobody uses,
    and how many threads wait for one."""

    open: int
    idle: int
    waiting: int


class Database:
    """A pool of connections that act as the app's role.

    ``search_path`` names the schemas in which unqualified tables are looked up, first one first.
    """

    def __init__(
        self,
        dsn: str,
        *,
        role: str = APP_ROLE,
        search_path: tuple[str, ...] = ("public",),
        max_size: int = 10,
        timeout: float = 10.0,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        """Open the pool lazily: the first use connects. ``timeout`` is in seconds. ``prepare`` is
        called before the first use, and again before the next one until it does not raise.
        """
        self.dsn = dsn
        self.availability = Availability()
        self._role = role
        self._search_path = search_path
        self._most = max_size
        self._timeout = timeout
        self._distributed: bool | None = None
        self._prepare = prepare
        self._preparing = threading.Lock()
        self._lock = threading.Lock()
        self._lent_out = 0
        self._lost_at = 0.0
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            dsn,
            min_size=0,
            max_size=max_size,
            timeout=timeout,
            reconnect_timeout=RECONNECT_SECONDS,
            configure=self._configure,
            open=True,
            connection_class=Connection,
            kwargs={"prepare_threshold": 3, "autocommit": True, **LIVELY},
            name=f"tallystick-{role}",
        )

    def _configure(self, conn: Connection) -> None:
        with each_at_most(CONNECT_SECONDS), conn.holding_streams():
            conn.execute(sql.SQL("set role {}").format(sql.Identifier(self._role)))
            session = {"search_path": ",".join(self._search_path), "idle_ms": str(IDLE_MS)}
            conn.execute(query(_FILE, "set_up"), session)
            row = conn.execute(query(_FILE, "is_distributed")).fetchone()
        self._distributed = bool(row and row[0])
        conn.proven = time.monotonic()

    @contextmanager
    def transaction(self, *guilds: int | str, small: bool = False) -> Iterator[Connection]:
        """One transaction for ``guilds`` (or ALL_GUILDS): committed at the end of the block,
        rolled back when it raises. A ``small`` one is :func:`in_flight` from BEGIN to COMMIT.

        Raises DatabaseUnreachable when the database does not serve us (no connection can be had, it
        has no room, takes no writes, is too slow for our limit ...), and ConnectionBroke when the
        connection is lost on the way. In a block with an end (``patience.at_most``) it raises at
        once while the database is known to be away.
        """
        with self._lent() as conn:
            try:
                with conn, conn.holding_streams():
                    if small:
                        with in_flight(conn):
                            self._begin_in_flight(conn, guilds)
                            yield conn
                            conn.ending = True
                            conn.execute(query(_FILE, "commit"))
                    else:
                        self._begin(conn, guilds)
                        yield conn
                self.availability.found()
            except psycopg.Error as error:
                found = fault("hung", unsure=conn.ending) if conn.hung else None
                found = found or fault_of(error, ending=conn.ending)
                if found is None:
                    raise
                self._learn(found)
                raise found from error
            finally:
                conn.limit = None

    def _begin(self, conn: Connection, guilds: Iterable[int | str]) -> None:
        named = {"tenant": sql.Literal(_tenant(guilds))}
        if conn.limit is None:
            conn.execute(template(_FILE, "begin").format(**named))
        else:
            named["limit"] = sql.Literal(str(conn.limit.statement_ms))
            conn.execute(template(_FILE, "begin_limited").format(**named))
        self.availability.found()

    def _begin_in_flight(self, conn: Connection, guilds: Iterable[int | str]) -> None:
        conn.execute(query(_FILE, "begin_only"))
        set_tenant(conn, *guilds)
        if conn.limit is not None:
            conn.execute(query(_FILE, "limit"), {"limit": str(conn.limit.statement_ms)})

    @contextmanager
    def _lent(self) -> Iterator[Connection]:
        """A connection that is there, as far as can be known without asking."""
        limit = limit_now()
        hurried = limit is not None and limit.until is not None
        if hurried and not self.availability.may_be_tried():
            raise fault("away")
        if self._prepare is not None:
            self._prepared(hurried)
        seconds = self._timeout if limit is None else min(self._timeout, limit.left)
        until = time.monotonic() + seconds
        conn = self._taken(until)
        try:
            while conn.proven < self._lost_at and not self._proves(conn):
                self._pool.putconn(conn)
                conn = self._taken(until)
            with self._lock:
                self._lent_out += 1
            try:
                yield conn
            finally:
                with self._lock:
                    self._lent_out -= 1
        finally:
            self._pool.putconn(conn)

    def _prepared(self, hurried: bool) -> None:
        """Prepare what has to be before the first use, unless somebody is at it, or there is no
        time for it: then it is as if the database were away."""
        if hurried or not self._preparing.acquire(blocking=False):
            raise fault("away")
        try:
            if self._prepare is not None:
                self._prepare()
                self._prepare = None
        except psycopg.Error as error:
            found = fault_of(error)
            if found is None:
                raise
            raise found from error
        finally:
            self._preparing.release()

    def _taken(self, until: float) -> Connection:
        left = until - time.monotonic()
        if left <= 0:
            raise fault("late")
        try:
            return self._pool.getconn(left)
        except PoolTimeout as error:
            if self._lent_out >= self._most:  # others have them all: it is there
                raise fault("slow") from error
            found = fault("away")
            self._learn(found)
            raise found from error

    def _proves(self, conn: Connection) -> bool:
        """Whether a connection from before a loss is there; if not, it is closed."""
        try:
            with each_at_most(PROOF_SECONDS), conn.holding_streams():
                conn.execute(b"")
        except psycopg.Error:
            conn.close()
            return False
        finally:
            conn.limit = None
        conn.proven = time.monotonic()
        return True

    def _learn(self, found: DatabaseUnreachable) -> None:
        """Remember what it says about the others' chances."""
        if found.reason in ("away", "hung"):
            self.availability.lost(found.reason)
        if found.reason in ("broke", "hung"):
            self._lost_at = time.monotonic()

    def be_there(self) -> None:
        """Be told that it is there, and as this code expects it. Raises DatabaseUnreachable."""
        with self.transaction(ALL_GUILDS):
            pass

    def use(self) -> Use:
        """How the connections are used now."""
        stats = self._pool.get_stats()
        return Use(
            stats.get("pool_size", 0),
            stats.get("pool_available", 0),
            stats.get("requests_waiting", 0),
        )

    @property
    def is_distributed(self) -> bool:
        """Whether the tables are spread over several servers (Citus): rows can then be locked of
        one guild at a time only, so a transaction that locks is about one. Every new connection
        asks. Raises DatabaseUnreachable when there has been none."""
        if self._distributed is None:
            with self._lent():
                pass
        return bool(self._distributed)

    def beside(self, max_size: int) -> "Database":
        """The same database with connections that whoever uses this one cannot take."""
        return Database(
            self.dsn,
            role=self._role,
            search_path=self._search_path,
            max_size=max_size,
            timeout=self._timeout,
            prepare=self._prepare,
        )

    def close(self) -> None:
        """Close every connection; the object cannot be used again."""
        self._pool.close()

    def __enter__(self) -> "Database":
        """The database itself; closed at the end of the block."""
        return self

    def __exit__(self, *_: Any) -> None:
        """Close the pool."""
        self.close()
