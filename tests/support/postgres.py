"""One embedded PostgreSQL per test process and a template database that tests are copied from.

It can be killed with -9, brought back and held up, as databases are.
"""

import itertools
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from projections.engine.rebuild import install
from sql import embedded
from sql.migrate import migrate

TEMPLATE = "tallystick_template"
_numbers = itertools.count(1)


@contextmanager
def server(*, durable: bool = False) -> Iterator[embedded.Server]:
    """A server in a folder of its own, with a migrated template; gone afterwards.

    Unless it is ``durable``, for those who measure, it leaves what it has written to the kernel,
    which outlives it when it is killed: so it is quicker to make a database and to come back.
    """
    folder = Path(tempfile.mkdtemp(prefix="tallystick-test-"))
    running = embedded.start(folder)
    try:
        if not durable:
            _administer(running, sql.SQL("alter system set fsync = off"))
            _administer(running, sql.SQL("alter system set full_page_writes = off"))
            _administer(running, sql.SQL("select pg_reload_conf()"))
        url = embedded.database_url(running, TEMPLATE)
        migrate(url)
        install(url)
        yield running
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh(running: embedded.Server, template: str = TEMPLATE) -> Iterator[str]:
    """The address of a new database, a copy of ``template``; dropped afterwards."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    _administer(
        running,
        sql.SQL("create database {} template {}").format(
            sql.Identifier(name), sql.Identifier(template)
        ),
    )
    try:
        yield running.get_uri(name)
    finally:
        _administer(running, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def kill(running: embedded.Server) -> None:
    """SIGKILL the server with all its processes, as when its machine loses power."""
    doomed = _processes(running)
    for process in doomed:
        _send(process, signal.SIGKILL)
    while any(_is_alive(process) for process in doomed):
        time.sleep(0.005)
    server: Any = running  # a dead process that nobody has waited for still has its number here
    for lock in (server.pgdata / "postmaster.pid", *server.pgdata.glob(".s.PGSQL.*.lock")):
        lock.unlink()


def revive(running: embedded.Server) -> None:
    """Start a server that was killed: it recovers, and its address is the old one."""
    server: Any = running
    server.ensure_postgres_running()


def freeze(running: embedded.Server) -> None:
    """Let the server stand still: it takes connections and answers nothing."""
    for process in _processes(running):
        _send(process, signal.SIGSTOP)


def thaw(running: embedded.Server) -> None:
    """Let a frozen server go on where it stood."""
    for process in _processes(running):
        _send(process, signal.SIGCONT)


def cut(running: embedded.Server, database_url: str) -> None:
    """Let the server end every connection to one database, as a failover does."""
    name = psycopg.conninfo.conninfo_to_dict(database_url)["dbname"]
    _administer(
        running,
        sql.SQL("select pg_terminate_backend(pid) from pg_stat_activity where datname = {}").format(
            sql.Literal(name)
        ),
    )


def _administer(running: embedded.Server, statement: sql.SQL | sql.Composed) -> None:
    with psycopg.connect(running.get_uri(), autocommit=True) as conn:
        conn.execute(statement)


def _processes(running: embedded.Server) -> list[psutil.Process]:
    server: Any = running
    postmaster = psutil.Process(server.get_pid())
    return [postmaster, *postmaster.children(recursive=True)]


def _send(process: psutil.Process, number: signal.Signals) -> None:
    """Those that serve a connection come and go."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _is_alive(process: psutil.Process) -> bool:
    """Whether it still runs: one that nobody has waited for yet is dead too."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
