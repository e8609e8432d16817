"""Migrations: forward only, checksummed, one process at a time; and drift named by object."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import install, rebuild, verify
from sql import fingerprint, lake
from sql.errors import ConnectionBroke, DatabaseUnreachable, SchemaRefused
from sql.migrate import FOLDER, applied, check_history, connect, migrate, migrations
from sql.pool import Connection, Database
from sql.statements import query
from tests.support.facts import GUILD, message

ROOT = Path(__file__).parents[2]


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


def test_two_processes_come_up_on_two_new_databases_of_one_server(
    empty_database_url: str, database_url: str
) -> None:
    program = (
        "import sys\n"
        "from projections.engine.rebuild import install\n"
        "from sql.migrate import migrate\n"
        "print(len(migrate(sys.argv[1])), len(install(sys.argv[1])))\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, url], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for url in (empty_database_url, empty_database_url, database_url)
    ]
    said = [process.communicate(timeout=60)[0].split() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    applied_by_both = [sum(int(words[n]) for words in said[:2]) for n in (0, 1)]
    assert applied_by_both == [len(migrations()), len(read_models())]
    assert said[2] == ["0", "0"]
    with connect(empty_database_url) as conn:
        assert list(fingerprint.drift(fingerprint.take(conn), fingerprint.expected())) == []


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
    lost = pytest.raises(SchemaRefused, match=r"Migration 2 \(event lake\).*missing.*Restore")
    with lost:
        migrate(database_url, folder)
    with connect(database_url) as conn, lost:
        check_history(conn, folder)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("0099_too_far.sql", "without a gap, each number once.*the number after the last"),
        ("0001_twice.sql", "without a gap, each number once.*the number after the last"),
        ("notes.sql", r"notes\.sql is not named like 0007_what_it_does\.sql"),
    ],
)
def test_a_file_without_the_next_number_is_refused(
    empty_database_url: str, folder: Path, name: str, sentence: str
) -> None:
    (folder / name).write_text("create table stray (a int);")
    with pytest.raises(SchemaRefused, match=sentence):
        migrate(empty_database_url, folder)
    with connect(empty_database_url) as conn:
        assert conn.execute(b"select to_regclass('stray')").fetchone() == (None,)


def test_setting_up_the_roles_again_changes_nothing(database_url: str) -> None:
    set_up = query("queries/migrations.sql", "create_roles")
    with connect(database_url) as conn:
        conn.execute(set_up)  # a copy of a database has not its privileges
        before = fingerprint.take(conn), privileges(conn)
        conn.execute(set_up)
        assert (fingerprint.take(conn), privileges(conn)) == before


def privileges(conn: Connection) -> list[tuple[object, ...]]:
    return conn.execute(
        b"""select rolname, rolsuper, rolcreaterole, rolcanlogin, rolbypassrls,
                (select array_agg(m.member order by m.member, m.grantor) from pg_auth_members m
                 where m.roleid = r.oid), datacl
            from pg_roles r, pg_database d
            where rolname like 'tallystick%' and datname = current_database() order by rolname"""
    ).fetchall()


def test_an_ordinary_login_role_is_told_what_it_needs_and_that_is_enough(
    empty_database_url: str,
) -> None:
    name = f"poor_{uuid4().hex}"
    as_poor = make_conninfo(empty_database_url, user=name)
    with connect(empty_database_url) as superuser:
        superuser.execute(sql.SQL("create role {} login").format(sql.Identifier(name)))
        try:
            with pytest.raises(SchemaRefused, match="Run once as a superuser") as refused:
                migrate(as_poor)
            advice = str(refused.value).split("superuser:\n")[1].split("\nand start again")[0]
            superuser.execute(advice.encode())
            assert migrate(as_poor) == migrations()
            install(as_poor)
            with Database(as_poor) as database:
                with database.transaction(GUILD) as conn:
                    lake.append(conn, [message(1)])
                worker.drain(database)
            models = list(read_models().values())
            rebuild(as_poor, models, processes=1)
            assert verify(as_poor, models, processes=1).differences == []
            with connect(as_poor) as conn:
                check_history(conn)
                assert list(fingerprint.drift(fingerprint.take(conn), fingerprint.expected())) == []
        finally:
            superuser.execute(
                sql.SQL(
                    "reassign owned by {0} to current_user; drop owned by {0}; drop role {0}"
                ).format(sql.Identifier(name))
            )


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


def test_the_expected_fingerprint_is_in_step_with_the_migrations(database_url: str) -> None:
    """Write it anew: python -m bot db fingerprint > sql/fingerprint.json"""
    with connect(database_url) as conn:
        assert fingerprint.take(conn) == fingerprint.expected()


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


def test_a_database_that_goes_away_meanwhile_is_said_in_a_sentence(database_url: str) -> None:
    with pytest.raises(ConnectionBroke, match="went away"), connect(database_url) as conn:
        conn.execute("select pg_terminate_backend(pg_backend_pid())")
