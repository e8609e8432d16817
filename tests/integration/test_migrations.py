"""Migrations: forward only, checksummed, one process at a time; and drift named by object."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from projections.engine.rebuild import install
from sql import fingerprint
from sql.errors import DatabaseUnreachable, SchemaRefused
from sql.migrate import FOLDER, applied, check_history, connect, migrate, migrations


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the migrations that a test may spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "migrations"))


def test_an_empty_database_is_brought_up_and_then_left_alone(empty_database_url: str) -> None:
    with connect(empty_database_url) as conn, pytest.raises(SchemaRefused, match="bot migrate"):
        check_history(conn)
    assert migrate(empty_database_url) == migrations()
    assert migrate(empty_database_url) == []
    with connect(empty_database_url) as conn:
        check_history(conn)
        rows = applied(conn)
    assert [row["version"] for row in rows] == list(range(1, len(migrations()) + 1))
    assert all(row["checksum"] and row["execution_time_ms"] >= 0 for row in rows)


def test_processes_that_start_together_all_come_up(empty_database_url: str) -> None:
    def come_up(_: int) -> int:
        done = len(migrate(empty_database_url))
        install(empty_database_url)
        return done

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(come_up, range(5))) == len(migrations())


def test_an_edited_file_is_refused(database_url: str, folder: Path) -> None:
    path = next(folder.glob("0002*"))
    path.write_text(path.read_text() + "\n-- one more thought\n")
    with pytest.raises(SchemaRefused, match=r"Migration 2 \(event lake\) was edited .* new migr"):
        migrate(database_url, folder)


def test_a_database_newer_than_the_code_is_refused(database_url: str, folder: Path) -> None:
    max(folder.glob("*.sql")).unlink()
    with pytest.raises(SchemaRefused, match=r"newer than this code.*Start the newer release"):
        migrate(database_url, folder)


def test_a_missing_file_is_refused(database_url: str, folder: Path) -> None:
    next(folder.glob("0002*")).unlink()
    with pytest.raises(SchemaRefused, match="without a gap"):
        migrate(database_url, folder)
    with connect(database_url) as conn:
        conn.execute(b"update schema_migrations set version = 0 where version = 1")
    with pytest.raises(SchemaRefused, match=r"Migration 0 .* its file is missing"):
        migrate(database_url)


def test_a_migration_that_fails_leaves_nothing_behind(database_url: str, folder: Path) -> None:
    number = len(migrations()) + 1
    (folder / f"{number:04d}_half.sql").write_text("create table half (a int); select 1 / 0;")
    with pytest.raises(Exception, match="division by zero"):
        migrate(database_url, folder)
    with connect(database_url) as conn:
        assert conn.execute(b"select to_regclass('half')").fetchone() == (None,)
        assert len(applied(conn)) == number - 1
    (folder / f"{number:04d}_half.sql").write_text("create table half (a int);")
    assert [m.version for m in migrate(database_url, folder)] == [number]
    with connect(database_url) as conn, pytest.raises(SchemaRefused, match="newer"):
        check_history(conn)


def test_a_database_that_lacks_a_migration_says_what_to_do(database_url: str, folder: Path) -> None:
    (folder / f"{len(migrations()) + 1:04d}_more.sql").write_text("select 1;")
    lacks = pytest.raises(SchemaRefused, match=r"lacks 1 migration.*python -m bot migrate")
    with connect(database_url) as conn, lacks:
        check_history(conn, folder)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            "drop index activity_log_by_member",
            "activity_log.activity_log_by_member is missing",
        ),
        ("alter table streams add column extra text", "column streams.extra is not known"),
        ("alter table badges drop constraint badges_pkey", "badges.badges_pkey is missing"),
        ("alter table event_lake alter user_id type numeric", "column event_lake.user_id differs"),
        ("alter table accounts no force row level security", "table accounts differs"),
        ("drop trigger event_lake_rows_stay on event_lake", "event_lake_rows_stay is missing"),
        ("alter policy tenant on profiles using (true)", "policy profiles.tenant differs"),
        ("create table stray (a int)", "table stray is not known to this code"),
        ("drop table command_sync", "table command_sync is missing"),
    ],
)
def test_drift_is_named_object_by_object(database_url: str, change: str, sentence: str) -> None:
    with connect(database_url) as conn:
        assert list(fingerprint.drift(fingerprint.take(conn), fingerprint.expected())) == []
        conn.execute(change.encode())
        found = list(fingerprint.drift(fingerprint.take(conn), fingerprint.expected()))
    assert any(sentence in line for line in found), found


def test_the_tables_of_a_read_model_that_waits_for_its_rebuild_are_not_drift(
    database_url: str,
) -> None:
    with connect(database_url) as conn:
        conn.execute(b"alter table badges add column extra text")
        actual = fingerprint.take(conn)
    assert list(fingerprint.drift(actual, fingerprint.expected(), ignoring={"badges"})) == []


@pytest.mark.parametrize(
    "address", ["postgresql://nobody@127.0.0.1:1/none", "postgresql://x/y?bogus=1"]
)
def test_a_database_that_cannot_be_reached_is_a_sentence(address: str) -> None:
    with pytest.raises(DatabaseUnreachable, match="is DATABASE_URL right"):
        migrate(address)
