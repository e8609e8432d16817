"""Connections: one pool per process, the app's role on each, a tenant in every transaction."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.errors import LockNotAvailable
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout

from sql.errors import ConnectionBroke, DatabaseUnreachable
from sql.seal import Stream
from sql.statements import query, template

ConnectionLost = psycopg.OperationalError
"""The database went away, was locked too long or chose us as a deadlock's victim: try again."""

APP_ROLE: Final = "tallystick_app"
OWNER_ROLE: Final = "tallystick_owner"

ALL_GUILDS: Final = "*"
"""The tenant of work that is about every guild: workers looking for lag, operators' tables."""

_FILE = "queries/session.sql"
_AWAY = "The database does not answer. Is PostgreSQL running, and is DATABASE_URL right?"


class Connection(psycopg.Connection[TupleRow]):
    """A connection that remembers which streams its transaction holds, and where they stand.

    ``held`` is kept by ``sql/lake.py``; outside :meth:`Database.transaction` nothing is.
    """

    held: dict[int, Stream] | None = None

    @contextmanager
    def holding_streams(self) -> Iterator[None]:
        """For the length of one transaction."""
        self.held = {}
        try:
            yield
        finally:
            self.held = None


def set_tenant(conn: Connection, *guilds: int | str) -> None:
    """From here to the end of the transaction only rows of ``guilds`` can be seen or written."""
    conn.execute(template(_FILE, "set_tenant").format(tenant=sql.Literal(_tenant(guilds))))


def _is_told_once(record: logging.LogRecord) -> bool:
    """What goes wrong in flight is raised; that the statements after it failed too is no news."""
    return not record.getMessage().startswith("error ignored terminating")


logging.getLogger("psycopg").addFilter(_is_told_once)


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
    ) -> None:
        """Open the pool lazily: the first use connects. ``timeout`` is in seconds."""
        self.dsn = dsn
        self._role = role
        self._search_path = search_path
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            dsn,
            min_size=0,
            max_size=max_size,
            timeout=timeout,
            configure=self._configure,
            open=True,
            connection_class=Connection,
            kwargs={"prepare_threshold": 3, "autocommit": True},
            name=f"tallystick-{role}",
        )

    def _configure(self, conn: Connection) -> None:
        conn.execute(sql.SQL("set role {}").format(sql.Identifier(self._role)))
        conn.execute(query(_FILE, "set_up"), {"search_path": ",".join(self._search_path)})

    @contextmanager
    def transaction(self, *guilds: int | str, small: bool = False) -> Iterator[Connection]:
        """One transaction for ``guilds`` (or ALL_GUILDS): committed at the end of the block,
        rolled back when it raises. A ``small`` one is :func:`in_flight` from BEGIN to COMMIT.

        Raises DatabaseUnreachable when no connection can be had in time, or a lock; and
        ConnectionBroke when it is lost on the way.
        """
        try:
            with self._pool.connection() as conn, conn.holding_streams():
                if small:
                    with in_flight(conn):
                        conn.execute(query(_FILE, "begin_only"))
                        set_tenant(conn, *guilds)
                        yield conn
                        conn.execute(query(_FILE, "commit"))
                else:
                    tenant = sql.Literal(_tenant(guilds))
                    conn.execute(template(_FILE, "begin").format(tenant=tenant))
                    yield conn
        except (PoolTimeout, LockNotAvailable) as error:
            raise DatabaseUnreachable(_AWAY) from error
        except ConnectionLost as error:
            raise ConnectionBroke(_AWAY) from error

    def use(self) -> Use:
        """How the connections are used now."""
        stats = self._pool.get_stats()
        return Use(
            stats.get("pool_size", 0),
            stats.get("pool_available", 0),
            stats.get("requests_waiting", 0),
        )

    @cached_property
    def is_distributed(self) -> bool:
        """Whether the tables are spread over several servers (Citus): rows can then be locked of
        one guild at a time only, so a transaction that locks is about one."""
        with self.transaction(ALL_GUILDS) as conn:
            row = conn.execute(query(_FILE, "is_distributed")).fetchone()
        return bool(row and row[0])

    def close(self) -> None:
        """Close every connection; the object cannot be used again."""
        self._pool.close()

    def __enter__(self) -> "Database":
        """The database itself; closed at the end of the block."""
        return self

    def __exit__(self, *_: Any) -> None:
        """Close the pool."""
        self.close()
