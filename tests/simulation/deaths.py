"""Connections that are cut at a chosen moment, as when a process is killed or a cable pulled.

The server ends the connection before a statement, before the commit, or after it, so that the
commit is done and nobody hears of it. Everything else is the app's own pool.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import psycopg

from sql.errors import DatabaseUnreachable
from sql.pool import Connection, Database

UNHEARD: Final = -1
"""The moment after the commit, before its answer."""
LATEST: Final = 60
"""More statements than a command has: then it is the commit itself."""


@dataclass(slots=True)
class Death:
    """``moment``: how many statements come through; when a transaction has fewer, its commit does
    not, and UNHEARD lets that through too. One transaction is cut; the process lives on, or it is
    ``for_good`` and reaches the database no more. ``spared`` transactions before it go well."""

    moment: int
    for_good: bool = False
    spared: int = 0
    over: bool = False


DEATH: ContextVar[Death | None] = ContextVar("death", default=None)
"""What will happen to the transactions of whatever runs in this context."""


def drawn(dice: Random, *, for_good: bool, within: int = 1) -> Death:
    """A death at any moment of one of the next transactions, those about the commit more often."""
    moment = dice.choice([UNHEARD, LATEST, dice.randrange(12), dice.randrange(40)])
    return Death(moment, for_good, spared=dice.randrange(within))


class Mortal(Database):
    """The app's connections, of which each dies as DEATH says."""

    is_distributed = False  # on one server; that is not to be asked in the middle of a death

    def __init__(self, dsn: str) -> None:
        """The pool, and a connection beside it that can end the others."""
        super().__init__(dsn)
        self._admin = psycopg.connect(dsn, autocommit=True)

    def close(self) -> None:
        """Close all of them."""
        self._admin.close()
        super().close()

    def cut(self, conn: psycopg.Connection[Any]) -> None:
        """Let the server end a connection."""
        self._admin.execute("select pg_terminate_backend(%s)", [conn.info.backend_pid])

    @contextmanager
    def transaction(self, *guilds: int | str, small: bool = False) -> Iterator[Connection]:
        """As the base does, and cut off where its time has come."""
        death = DEATH.get()
        if death is not None and death.over and death.for_good:
            raise DatabaseUnreachable("this process is dead")
        if death is None or death.over or death.spared:
            if death is not None and death.spared:
                death.spared -= 1
            with super().transaction(*guilds, small=small) as conn:
                yield conn
            return
        death.over = True
        with super().transaction(*guilds, small=small) as conn:
            conn.cursor_factory = _counting(self.cut, death.moment)
            try:
                yield conn
            finally:
                conn.cursor_factory = psycopg.Cursor
            if death.moment == UNHEARD:
                conn.commit()
                raise psycopg.OperationalError("the answer to the commit was lost")
            self.cut(conn)


Cut = Callable[[psycopg.Connection[Any]], None]


def _counting(cut: Cut, moment: int) -> type[psycopg.Cursor[Any]]:
    left = moment

    class Counting(psycopg.Cursor[Any]):
        def execute(self, *arguments: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left == -1 and moment != UNHEARD:
                cut(self.connection)
            return super().execute(*arguments, **named)

    return Counting
