"""Migrations of the write side: forward only, checksummed, one process at a time.

Each ``migrations/NNNN_what_it_does.sql`` is applied once, in its own transaction, as the schema's
owner. Tables of read models have no migrations: see ``projections/engine/rebuild.py``.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from sql.errors import ConnectionBroke, DatabaseUnreachable, SchemaRefused
from sql.pool import Connection
from sql.statements import ROOT, query, template

FOLDER = ROOT / "migrations"
_FILE = "queries/migrations.sql"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of ``migrations/``."""

    version: int
    description: str
    text: str

    @property
    def checksum(self) -> str:
        """sha256 of the file's text, in hex."""
        return sha256(self.text.encode()).hexdigest()


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """Every migration in order. Raises SchemaRefused for a file that has no number."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        number, _, words = path.stem.partition("_")
        if not number.isdecimal():
            raise SchemaRefused(f"{path.name} is not named like 0007_what_it_does.sql.")
        found.append(Migration(int(number), words.replace("_", " "), path.read_text("utf-8")))
    return found


@contextmanager
def connect(dsn: str) -> Iterator[Connection]:
    """A connection as the login role of ``dsn``, for work on the schema; commits by itself.

    Raises DatabaseUnreachable when there is none, ConnectionBroke when it is lost in the block.
    """
    try:
        connection = Connection.connect(dsn, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        raise DatabaseUnreachable(
            f"The database does not answer: {_first_line(error)}\n"
            "Is PostgreSQL running, and is DATABASE_URL right?"
        ) from error
    with connection:
        try:
            yield connection
        except psycopg.OperationalError as error:
            if not connection.broken:
                raise
            raise ConnectionBroke(f"The database went away: {_first_line(error)}") from error


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().splitlines()[0]


def migrate(dsn: str, folder: Path = FOLDER, *, up_to: int | None = None) -> list[Migration]:
    """Bring the database to this code's schema, or only ``up_to`` that migration; returns what was
    applied.

    Raises SchemaRefused when the database does not fit the files, DatabaseUnreachable when it
    does not answer.
    """
    files = migrations(folder)
    with connect(dsn) as conn:
        conn.execute(query(_FILE, "take_turn"))  # held until the connection is closed
        _create_roles(conn)
        conn.execute(query(_FILE, "create_history"))
        _check_history(conn, files)
        pending = files[_count(conn) : up_to]
        for migration in pending:
            _apply(conn, migration)
        return pending


def check_history(conn: Connection, folder: Path = FOLDER) -> None:
    """Raises SchemaRefused unless the database has exactly the migrations of this code."""
    exists = conn.execute(query(_FILE, "history_exists")).fetchone()
    files = migrations(folder)
    if exists is None or not exists[0]:
        raise SchemaRefused("This database is empty. Run: python -m bot migrate")
    _check_history(conn, files)
    if missing := len(files) - _count(conn):
        raise SchemaRefused(
            f"This database lacks {missing} migration(s). Run: python -m bot migrate"
        )


def applied(conn: Connection) -> list[Row]:
    """What was applied: version, description, when, checksum and milliseconds, in order."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query(_FILE, "applied_in_full")).fetchall()


def _create_roles(conn: Connection) -> None:
    try:
        conn.execute(query(_FILE, "create_roles"))
        conn.execute(query(_FILE, "become_owner"))
    except psycopg.errors.InsufficientPrivilege as error:
        names = {"role": conn.info.user, "database": conn.info.dbname}
        advice = template(_FILE, "what_the_login_role_needs").format(
            **{key: sql.Identifier(name) for key, name in names.items()}
        )
        raise SchemaRefused(
            "The role in DATABASE_URL may not set up the database. Run once as a superuser:\n"
            f"{advice.as_string(conn)};\nand start again."
        ) from error


def _count(conn: Connection) -> int:
    return len(conn.execute(query(_FILE, "applied")).fetchall())


def _check_history(conn: Connection, files: list[Migration]) -> None:
    known = {m.version: m for m in files}
    newest = max(known, default=0)
    for version, description, checksum in conn.execute(query(_FILE, "applied")).fetchall():
        migration = known.get(version)
        if migration is None and version > newest:
            raise SchemaRefused(
                f"The database is newer than this code: it has migration {version} "
                f"({description}), this code ends at {newest}. Start the newer release."
            )
        if migration is None:
            raise SchemaRefused(
                f"Migration {version} ({description}) was applied, but its file is missing. "
                "Restore the file from the release that applied it."
            )
        if migration.checksum != checksum:
            raise SchemaRefused(
                f"Migration {version} ({description}) was edited after it was applied. "
                "Restore the file and put the change into a new migration."
            )
    if [m.version for m in files] != list(range(1, len(files) + 1)):
        raise SchemaRefused(
            "The migrations are not numbered 1, 2, 3 without a gap, each number once. "
            "Give the new file the number after the last one."
        )


def _apply(conn: Connection, migration: Migration) -> None:
    started = time.monotonic()
    with conn.transaction():
        conn.execute(sql.SQL(migration.text))
        conn.execute(
            query(_FILE, "record"),
            {
                "version": migration.version,
                "description": migration.description,
                "checksum": migration.checksum,
                "execution_time_ms": round((time.monotonic() - started) * 1000),
            },
        )
