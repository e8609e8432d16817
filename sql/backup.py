"""Backup and restore of the write side: one file, taken at one moment, bound by checksums.

What can be rebuilt is left out, so a backup does not age with the read models. It says which
schema it was taken from: an older one is restored into that schema, and migrated from there like
any other database.

The file is a ZIP with ``manifest.json`` and, for each table, its rows in PostgreSQL's binary COPY
format. It holds what the lake holds: ids and names, no text of messages, no token. Keep it as safe
as the database.
"""

import json
import os
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

import psycopg
from psycopg import sql

from sql.errors import BackupRefused, SchemaRefused
from sql.migrate import applied, connect, migrate, migrations
from sql.pool import Connection
from sql.read_models import as_owner
from sql.statements import query, template

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
CHUNK: Final = 1 << 20
_FILE = "queries/backup.sql"


class Progress(Protocol):
    """Is told how far a backup has come."""

    def __call__(self, done: int, total: int) -> None:
        """``done`` of about ``total`` bytes are through."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One table in a backup."""

    columns: list[str]
    rows: int
    size: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is: when it was taken, of which schema, and what must be in it."""

    format: int
    taken_at: str
    schema: int
    migrations: list[str]
    tables: dict[str, Saved]

    @property
    def events(self) -> int:
        """How many events it holds."""
        return self.tables["event_lake"].rows

    @property
    def guilds(self) -> int:
        """How many streams it holds."""
        return self.tables["streams"].rows


def take(
    dsn: str,
    path: Path,
    *,
    without: Collection[str],
    now: datetime,
    progress: Progress | None = None,
) -> Manifest:
    """Write a backup to ``path``, which must not be there yet; ``without`` names the tables of read
    models. The bot may work meanwhile. A file that is not whole never has the name ``path``.

    Raises BackupRefused, DatabaseUnreachable.
    """
    if path.exists():
        raise BackupRefused(f"'{path}' is there already. Give another name; nothing was written.")
    part = path.with_name(path.name + ".part")
    try:
        with connect(dsn) as conn, _readable_by_us_only(part) as archive:
            conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            with as_owner(conn):
                manifest = _save(conn, archive, without, now, progress)
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
        os.replace(part, path)
    except OSError as error:
        raise BackupRefused(f"'{path}' cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            part.unlink()
    return manifest


@contextmanager
def _readable_by_us_only(path: Path) -> Iterator[zipfile.ZipFile]:
    """A new archive, on disk when the block ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            yield archive
        file.flush()
        os.fsync(file.fileno())


def _save(
    conn: Connection,
    archive: zipfile.ZipFile,
    without: Collection[str],
    now: datetime,
    progress: Progress | None,
) -> Manifest:
    history = applied(conn)
    found = conn.execute(query(_FILE, "write_side"), {"others": list(without)}).fetchall()
    total, done = sum(size for _, _, size in found), 0
    tables: dict[str, Saved] = {}
    for name, columns, size in found:
        tables[name] = _save_table(conn, archive, name, columns)
        done += size
        if progress is not None:
            progress(done, total)
    return Manifest(
        format=FORMAT,
        taken_at=now.isoformat(),
        schema=len(history),
        migrations=[row["checksum"] for row in history],
        tables=tables,
    )


def _save_table(conn: Connection, archive: zipfile.ZipFile, name: str, columns: list[str]) -> Saved:
    digest, size = sha256(), 0
    with (
        archive.open(_member(name), "w", force_zip64=True) as file,
        conn.cursor() as cursor,
    ):
        with cursor.copy(_statement("copy_out", name, columns)) as rows:
            for data in rows:
                file.write(data)
                digest.update(data)
                size += len(data)
        return Saved(columns, cursor.rowcount, size, digest.hexdigest())


def read_manifest(path: Path) -> Manifest:
    """What a backup says of itself. Raises BackupRefused when it is none, or a newer release's."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = json.loads(archive.read(MANIFEST))
        if found["format"] != FORMAT:
            raise BackupRefused(f"'{path}' was written by a newer release. Restore it with that.")
        tables = {name: Saved(**table) for name, table in found.pop("tables").items()}
        manifest = Manifest(tables=tables, **found)
    except OSError as error:
        raise BackupRefused(f"'{path}' cannot be read: {error.strerror}.") from error
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise BackupRefused(f"'{path}' is no backup, or it is damaged.") from error
    known = [migration.checksum for migration in migrations()]
    if manifest.migrations != known[: manifest.schema]:
        raise SchemaRefused(
            f"'{path}' was taken from schema {manifest.schema}, which this release does not know; "
            "restore it with the release that took it, or a newer one."
        )
    return manifest


def restore(dsn: str, path: Path, *, progress: Progress | None = None) -> Manifest:
    """Bring an empty database to the backup's schema and fill it: all of it or nothing. Then it is
    a database of an older release, to be migrated and rebuilt.

    Raises BackupRefused (also when the database is not empty), SchemaRefused,
    DatabaseUnreachable.
    """
    manifest = read_manifest(path)
    _prepare(dsn, manifest)
    with connect(dsn) as conn, zipfile.ZipFile(path) as archive, as_owner(conn):
        _must_be_empty(conn, manifest)
        total, done = sum(table.size for table in manifest.tables.values()), 0
        for name, table in manifest.tables.items():
            for size in _fill(conn, archive, name, table, path):
                done += size
                if progress is not None:
                    progress(done, total)
    return manifest


def _prepare(dsn: str, manifest: Manifest) -> None:
    """The schema that the backup was taken from."""
    migrate(dsn, up_to=manifest.schema)
    with connect(dsn) as conn:
        if len(applied(conn)) != manifest.schema:
            raise BackupRefused(
                f"This database has schema {len(applied(conn))}, the backup is of "
                f"{manifest.schema}. Restore into a database in which nothing was ever made."
            )


def _must_be_empty(conn: Connection, manifest: Manifest) -> None:
    for name in manifest.tables:
        row = conn.execute(template(_FILE, "count").format(table=_public(name))).fetchone()
        if row != (0,):
            raise BackupRefused(
                "This database is not empty, and nothing was changed. Restore into an empty one: "
                "another DATABASE_URL, or another TALLYSTICK_DATA_DIR."
            )


def _fill(
    conn: Connection, archive: zipfile.ZipFile, name: str, table: Saved, path: Path
) -> Iterator[int]:
    """Copy one table in; yields how many bytes are through."""
    conn.execute(template(_FILE, "let_owner_write").format(table=_public(name)))
    digest = sha256()
    try:
        with conn.cursor() as cursor:
            with (
                archive.open(_member(name)) as file,
                cursor.copy(_statement("copy_in", name, table.columns)) as rows,
            ):
                while data := file.read(CHUNK):
                    rows.write(data)
                    digest.update(data)
                    yield len(data)
            whole = cursor.rowcount == table.rows and digest.hexdigest() == table.checksum
    except (KeyError, zipfile.BadZipFile, zlib.error, psycopg.DataError) as error:
        raise _damaged(path, name) from error
    if not whole:
        raise _damaged(path, name)
    conn.execute(template(_FILE, "bind_owner_again").format(table=_public(name)))


def _damaged(path: Path, name: str) -> BackupRefused:
    return BackupRefused(
        f"'{path}' is damaged: {name} is not as it was saved. Nothing was restored; take another "
        "backup file."
    )


def _statement(kind: str, name: str, columns: list[str]) -> sql.Composed:
    return template(_FILE, kind).format(
        table=_public(name), columns=sql.SQL(", ").join(map(sql.Identifier, columns))
    )


def _public(name: str) -> sql.Identifier:
    return sql.Identifier("public", name)


def _member(name: str) -> str:
    return f"tables/{name}.copy"
