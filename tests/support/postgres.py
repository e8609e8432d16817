"""One embedded PostgreSQL per test process and a template database that tests are copied from."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from projections.engine.rebuild import install
from sql import embedded
from sql.migrate import migrate

TEMPLATE = "tallystick_template"
_numbers = itertools.count(1)


@contextmanager
def server() -> Iterator[embedded.Server]:
    """A server in a folder of its own, with a migrated template; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tallystick-test-"))
    running = embedded.start(folder)
    try:
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
    with psycopg.connect(running.get_uri(), autocommit=True) as conn:
        conn.execute(
            sql.SQL("create database {} template {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        try:
            yield running.get_uri(name)
        finally:
            conn.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
