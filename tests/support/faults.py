"""What can be wrong with a database, each as a block in which it is so."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import sql

from sql import embedded
from tests.support import postgres

LOGIN: Final = "login_of_a_test"
"""A role of the app that is no superuser: those pass every limit on connections."""


def as_login(url: str) -> str:
    """The same address for a role that is no superuser, which is made if need be."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(
            sql.SQL(
                "do $$ begin create role {0} login; grant tallystick_app to {0};"
                " exception when duplicate_object or unique_violation then null; end $$"
            ).format(sql.Identifier(LOGIN))
        )
    return psycopg.conninfo.make_conninfo(url, user=LOGIN)


@contextmanager
def killed(server: embedded.Server, url: str) -> Iterator[None]:
    """The server is killed with -9, and is back after the block: a crash, a failover."""
    postgres.kill(server)
    try:
        yield
    finally:
        postgres.revive(server)


@contextmanager
def hung(server: embedded.Server, url: str) -> Iterator[None]:
    """Connections are taken and nothing is answered."""
    postgres.freeze(server)
    try:
        yield
    finally:
        postgres.thaw(server)


@contextmanager
def crowded(server: embedded.Server, url: str) -> Iterator[None]:
    """No more connections are taken."""
    _tell(server, url, "alter role {login} connection limit 0")
    postgres.cut(server, url)
    try:
        yield
    finally:
        _tell(server, url, "alter role {login} connection limit -1")


@contextmanager
def read_only(server: embedded.Server, url: str) -> Iterator[None]:
    """A failover to a replica: the connections are cut, and new ones cannot write."""
    _tell(server, url, "alter role {login} set default_transaction_read_only = on")
    postgres.cut(server, url)
    try:
        yield
    finally:
        _tell(server, url, "alter role {login} reset default_transaction_read_only")
        postgres.cut(server, url)


@contextmanager
def locked(server: embedded.Server, url: str) -> Iterator[None]:
    """Somebody holds every stream."""
    with psycopg.connect(url) as conn:
        conn.execute("select from streams for update")
        yield


@contextmanager
def full(server: embedded.Server, url: str) -> Iterator[None]:
    """No event can be written: the disk is full."""
    says = (
        "raise exception 'could not extend file: No space left on device' using errcode = '53100'"
    )
    with _each_event(server, url, says):
        yield


@contextmanager
def slow(server: embedded.Server, url: str) -> Iterator[None]:
    """Whatever is written takes ten minutes."""
    with _each_event(server, url, "perform pg_sleep(600)"):
        yield


@contextmanager
def _each_event(server: embedded.Server, url: str, does: str) -> Iterator[None]:
    _tell(
        server,
        url,
        f"create function trouble() returns trigger language plpgsql as"
        f" $$ begin {does}; return new; end $$",
    )
    when = "before insert on event_lake for each row"
    _tell(server, url, f"create trigger trouble {when} execute function trouble()")
    try:
        yield
    finally:
        _tell(server, url, "drop function trouble() cascade")


def _tell(server: embedded.Server, url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(sql.SQL(statement).format(login=sql.Identifier(LOGIN)))


FAULTS: Final = {
    fault.__name__: fault for fault in (killed, hung, crowded, read_only, locked, full, slow)
}
