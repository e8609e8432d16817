"""A backup holds what cannot be rebuilt, whole and at one moment; a restore proves it."""

import json
import stat
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.background import utc_now
from bot.cli import app
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import install, verify
from sql import backup, chain, lake, quarantine, sight
from sql.errors import BackupRefused, SchemaRefused
from sql.migrate import connect, migrate, migrations
from sql.pool import ALL_GUILDS, Connection, Database
from tests.support.facts import GUILD, START, message
from tests.support.histories import history
from tests.support.upgrading import FIRST_LAKE, old_database

OTHER = GUILD + 1
DERIVED = {table.name for model in read_models().values() for table in model.tables}


@pytest.fixture
def filled(database: Database) -> Database:
    """Two guilds with a history, folded; and what stands beside the log."""
    with database.transaction(ALL_GUILDS) as conn:
        lake.append(conn, [e for guild in (GUILD, OTHER) for e in history(guild, 5, 120)])
        quarantine.keep(conn, GUILD, "MESSAGE_CREATE", [], {"id": "1"}, START)
        sight.note(conn, [sight.Note("a", 0, 1, START, ended=False)], tidy_before=START)
    worker.drain(database)
    return database


def taken(database: Database, folder: Path, name: str = "backup.zip") -> Path:
    path = folder / name
    backup.take(database.dsn, path, without=DERIVED, now=utc_now())
    return path


def write_side(url: str) -> dict[str, list[Any]]:
    """Every row of every table that a backup has to hold."""
    with connect(url) as conn:
        names = [
            str(row[0])
            for row in conn.execute(
                b"select relname from pg_class where relnamespace = 'public'::regnamespace"
                b" and relkind = 'r'"
            ).fetchall()
            if row[0] not in DERIVED | {"schema_migrations", "read_models"}
        ]
        return {name: sorted(map(repr, _rows(conn, name))) for name in names}


def _rows(conn: Connection, name: str) -> list[Any]:
    from psycopg import sql

    return conn.execute(sql.SQL("select * from {}").format(sql.Identifier(name))).fetchall()


def test_everything_that_cannot_be_rebuilt_comes_back(
    filled: Database, empty_database_url: str, tmp_path: Path
) -> None:
    path = taken(filled, tmp_path)
    manifest = backup.restore(empty_database_url, path)
    assert write_side(empty_database_url) == write_side(filled.dsn)
    assert manifest.guilds == 2 and manifest.events == len(write_side(filled.dsn)["event_lake"])
    assert all(write_side(filled.dsn)[name] for name in ("event_lake", "quarantine", "sight"))
    with connect(empty_database_url) as conn:
        forced = conn.execute(
            b"select bool_and(relforcerowsecurity) from pg_class"
            b" where relnamespace = 'public'::regnamespace and relkind = 'r'"
        ).fetchone()
    assert forced == (True,)


def test_the_command_line_saves_restores_and_proves(
    filled: Database, empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.zip"
    monkeypatch.setenv("DATABASE_URL", filled.dsn)
    saved = CliRunner().invoke(app, ["backup", str(path)])
    assert saved.exit_code == 0 and "of 2 guilds" in saved.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = CliRunner().invoke(app, ["backup", str(path)])
    assert again.exit_code == 2 and "is there already" in again.stderr
    full = CliRunner().invoke(app, ["restore", str(path)])
    assert full.exit_code == 2 and "not empty" in full.stderr
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    restored = CliRunner().invoke(app, ["restore", str(path)])
    assert restored.exit_code == 0, restored.output
    for words in ("Restored", "Untouched", "Identical"):
        assert words in restored.output
    assert write_side(empty_database_url)["event_lake"] == write_side(filled.dsn)["event_lake"]


def test_a_backup_is_of_one_moment_while_others_write(
    filled: Database, empty_database_url: str, tmp_path: Path
) -> None:
    stop, under_way = threading.Event(), threading.Event()

    def go_on() -> None:
        number = 10**15
        while not stop.is_set():
            number += 1
            lake.record(filled, [message(number), message(number, guild=OTHER)])
            under_way.set()

    writing = threading.Thread(target=go_on)
    writing.start()
    under_way.wait()
    try:
        path = taken(filled, tmp_path)
    finally:
        stop.set()
        writing.join()
    manifest = backup.restore(empty_database_url, path)
    with Database(empty_database_url) as database, database.transaction(ALL_GUILDS) as conn:
        heads = lake.heads(conn)
        assert sum(heads.values()) == manifest.events
        assert [fault for guild in heads for fault in chain.faults(conn, guild)] == []


@pytest.mark.parametrize("version", [FIRST_LAKE, 6, len(migrations())])
def test_a_backup_of_an_earlier_schema_becomes_todays(
    database_url: str,
    empty_database_url: str,
    tmp_path: Path,
    version: int,
    request: pytest.FixtureRequest,
) -> None:
    from tests.support import postgres

    events = history(GUILD, seed=version, length=60)
    with postgres.fresh(request.getfixturevalue("postgres_server"), "template0") as old:
        old_database(old, version, events)
        path = tmp_path / "old.zip"
        backup.take(old, path, without=DERIVED, now=utc_now())
    assert backup.restore(empty_database_url, path).schema == version
    assert len(migrate(empty_database_url)) == len(migrations()) - version
    install(empty_database_url)
    with Database(empty_database_url) as database:
        worker.drain(database)
        with database.transaction(GUILD) as conn:
            assert list(chain.faults(conn, GUILD)) == []
    report = verify(empty_database_url, list(read_models().values()), processes=1)
    assert report.events == len(events) and report.differences == []


def test_a_damaged_file_restores_nothing_and_a_whole_one_still_can(
    filled: Database, empty_database_url: str, tmp_path: Path
) -> None:
    path = taken(filled, tmp_path)
    damaged = _repacked(path, lambda name, data: data[:-9] if "event_lake" in name else data)
    with pytest.raises(BackupRefused, match="event_lake is not as it was saved"):
        backup.restore(empty_database_url, damaged)
    altered = _repacked(path, lambda name, data: _altered(data) if "event_lake" in name else data)
    with pytest.raises(BackupRefused, match="event_lake is not as it was saved"):
        backup.restore(empty_database_url, altered)
    assert not any(write_side(empty_database_url).values())
    backup.restore(empty_database_url, path)
    assert write_side(empty_database_url) == write_side(filled.dsn)


def _altered(data: bytes) -> bytes:
    """One digit of a name, so that every row is still readable."""
    at = data.rindex(b'"name"')
    place = next(n for n in range(at + 8, len(data)) if 97 <= data[n] <= 121)
    return data[:place] + bytes([data[place] + 1]) + data[place + 1 :]


def _repacked(path: Path, change: Any) -> Path:
    other = path.with_name("other.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return other


def test_what_is_no_backup_is_a_sentence(
    filled: Database, empty_database_url: str, tmp_path: Path
) -> None:
    good = taken(filled, tmp_path)
    text = tmp_path / "text.zip"
    text.write_text("no zip at all")
    cut = tmp_path / "cut.zip"
    cut.write_bytes(good.read_bytes()[:-100])
    for path in (text, cut):
        with pytest.raises(BackupRefused, match="no backup, or it is damaged"):
            backup.restore(empty_database_url, path)
    with pytest.raises(BackupRefused, match="No such file"):
        backup.restore(empty_database_url, tmp_path / "none.zip")
    newer = _repacked(good, lambda name, data: _manifest(data, format=99) if _is(name) else data)
    with pytest.raises(BackupRefused, match="newer release"):
        backup.restore(empty_database_url, newer)
    other = _repacked(
        good, lambda name, data: _manifest(data, migrations=["0"] * 99) if _is(name) else data
    )
    with pytest.raises(SchemaRefused, match="does not know"):
        backup.restore(empty_database_url, other)
    assert write_side(empty_database_url) == {}


def _is(name: str) -> bool:
    return name == backup.MANIFEST


def _manifest(data: bytes, **change: Any) -> bytes:
    return json.dumps(json.loads(data) | change).encode()


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(
    filled: Database, tmp_path: Path
) -> None:
    with pytest.raises(BackupRefused, match="cannot be written: No such file"):
        taken(filled, tmp_path / "nowhere")
    with pytest.raises(BackupRefused, match="cannot be written: Not a directory"):
        taken(filled, Path("/dev/null"))
    assert list(tmp_path.iterdir()) == []


def test_a_restore_into_a_used_database_changes_nothing(filled: Database, tmp_path: Path) -> None:
    path = taken(filled, tmp_path)
    before = write_side(filled.dsn)
    with pytest.raises(BackupRefused, match="not empty"):
        backup.restore(filled.dsn, path)
    assert write_side(filled.dsn) == before
