"""Rebuild and verify: beside the live tables, swapped in whole or not at all."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import automation
from bot.handle import Call, handle
from events.decisions.asked import Asked
from events.engine.event import Event
from projections.engine import rebuild as rebuilding
from projections.engine import replay, worker
from projections.engine.advance import OtherRelease, advance, catch_up
from projections.engine.build import build_aside
from projections.engine.read_model import ReadModel, named, read_models
from projections.engine.rebuild import Difference, RebuildRunning, outdated, rebuild, repair, verify
from sql import checkpoints, lake, rows
from sql import read_models as tables
from sql.migrate import connect
from sql.pool import ALL_GUILDS, Database
from sql.reads import fetch
from sql.statements import blocks
from tests.support.facts import GUILD, message
from tests.support.histories import history

ROOT = Path(__file__).parents[2]
MODELS = list(read_models().values())
PROFILES = named("profiles")


def write(database: Database, *events: Event) -> None:
    with database.transaction(*{e.guild_id for e in events}) as conn:
        lake.append(conn, events)


def messages(database: Database, guild: int = GUILD, user: int = 2001) -> int:
    with database.transaction(guild) as conn:
        (row,) = fetch(conn, "profiles", "profile", guild=guild, user=user)
    return int(row["messages"])


def tables_by_number(database: Database) -> dict[str, int]:
    """Each table's own number in PostgreSQL: another one means another table."""
    with connect(database.dsn) as conn:
        found = conn.execute(
            b"select relname, oid::bigint from pg_class where relkind = 'r'"
            b" and relnamespace = 'public'::regnamespace"
        ).fetchall()
    return dict(found)


def tables_aside(database: Database) -> list[str]:
    with connect(database.dsn) as conn:
        found = conn.execute(
            b"select relname from pg_class where relnamespace = 'rebuild'::regnamespace"
        ).fetchall()
    return [name for (name,) in found]


def places(database: Database) -> dict[tuple[int, str], int]:
    with database.transaction(ALL_GUILDS) as conn:
        lags = checkpoints.lag(conn, [m.name for m in MODELS])
    return {(lag.guild_id, lag.name): lag.position for lag in lags}


def by_hand(database: Database, statement: bytes) -> None:
    """Change a table as a superuser would, behind the program's back."""
    with connect(database.dsn) as conn:
        assert conn.execute(statement).rowcount


def test_a_rebuild_makes_new_tables_with_the_same_rows(database: Database) -> None:
    for guild in (1, 2):
        write(database, *history(guild, seed=guild, length=200))
    worker.drain(database)
    before, were = tables_by_number(database), places(database)
    rebuild(database.dsn, MODELS, processes=1)
    after = tables_by_number(database)
    assert after.keys() == before.keys()
    replaced = {name for name in after if after[name] != before[name]}
    assert replaced == {table.name for model in MODELS for table in model.tables}
    assert places(database) == were
    assert tables_aside(database) == []
    assert verify(database.dsn, MODELS, processes=1).differences == []


def test_processes_side_by_side_rebuild_the_same(database: Database) -> None:
    for guild in (1, 2, 3):
        write(database, *history(guild, seed=guild, length=60))
    worker.drain(database)
    folded: list[int] = []
    rebuild(database.dsn, MODELS, processes=2, progress=folded.append)
    assert sorted(folded) == [60, 60, 60]
    assert verify(database.dsn, MODELS, processes=1).differences == []


def test_a_history_longer_than_memory_is_streamed_out_in_parts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "READ_PAGE", 10)
    monkeypatch.setattr(replay, "FLUSH_LINES", 4)
    write(database, *history(1, seed=1, length=150))
    worker.drain(database)
    assert verify(database.dsn, MODELS, processes=1).differences == []


def test_a_rebuild_takes_in_what_comes_meanwhile(database: Database) -> None:
    write(database, message(1), message(1, guild=5))
    worker.drain(database)

    def meanwhile(folded: int) -> None:
        write(database, message(100 + folded), message(200 + len(seen), guild=5))
        write(database, message(300 + len(seen), guild=6))  # a guild that was not there
        worker.drain(database)
        seen.append(messages(database))  # the live tables answer

    seen: list[int] = []
    rebuild(database.dsn, MODELS, processes=1, progress=meanwhile)
    assert seen == [2, 2]
    assert (messages(database), messages(database, 5), messages(database, 6)) == (2, 3, 2)
    write(database, message(400))
    worker.drain(database)
    assert messages(database) == 3
    assert verify(database.dsn, MODELS, processes=1).differences == []


def test_what_no_worker_has_folded_yet_is_in_the_rebuilt_tables(database: Database) -> None:
    write(database, message(1), message(2, seconds=60))
    rebuild(database.dsn, MODELS, processes=1)
    assert messages(database) == 2
    assert set(places(database).values()) == {2}


def test_rebuilds_beside_writers_and_workers_lose_nothing(database: Database) -> None:
    done = threading.Event()
    written = dict.fromkeys(range(1, 9), 0)

    def live() -> None:
        number = 0
        while not done.is_set():
            number += 1
            guild = number % 8 + 1  # most of them new at first: no checkpoint yet
            write(database, message(number, guild=guild, seconds=number))
            written[guild] += 1
            worker.run_once(database)

    def again() -> None:
        try:
            for _ in range(4):
                rebuild(database.dsn, [PROFILES], processes=1)
        finally:
            done.set()

    failed: list[BaseException] = []
    threads = [threading.Thread(target=noting, args=(failed, f)) for f in (live, again)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    worker.drain(database)
    for guild, count in written.items():
        if count:
            assert messages(database, guild) == count
    assert verify(database.dsn, MODELS, processes=1).differences == []


def noting(failed: list[BaseException], work: Callable[[], None]) -> None:
    try:
        work()
    except BaseException as error:
        failed.append(error)


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_leaves_the_live_tables_untouched(
    database: Database, interrupt: type[BaseException]
) -> None:
    write(database, message(1), message(1, guild=5))
    worker.drain(database)
    before, were = tables_by_number(database), places(database)

    def stop(folded: int) -> None:
        raise interrupt

    with pytest.raises(interrupt):
        rebuild(database.dsn, MODELS, processes=1, progress=stop)
    assert tables_by_number(database) == before
    assert places(database) == were
    assert tables_aside(database) == []
    assert messages(database) == 1
    rebuild(database.dsn, MODELS, processes=1)
    assert messages(database) == 1


def test_a_killed_rebuild_leaves_the_live_tables_and_the_next_one_starts_over(
    database: Database,
) -> None:
    write(database, message(1), message(2, seconds=60))
    worker.drain(database)
    before = tables_by_number(database)
    program = (
        "import sys, time\n"
        "from projections.engine.read_model import read_models\n"
        "from projections.engine.rebuild import rebuild\n"
        "def progress(folded):\n"
        "    print('folded', flush=True)\n"
        "    time.sleep(60)\n"
        "rebuild(sys.argv[1], list(read_models().values()), processes=1, progress=progress)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, database.dsn], stdout=subprocess.PIPE, cwd=ROOT
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"folded\n"
        with pytest.raises(RebuildRunning):
            rebuild(database.dsn, [PROFILES], processes=1)
        running.kill()
    assert tables_by_number(database) == before
    assert tables_aside(database) != []  # what it had built; the next one throws it away
    assert messages(database) == 2
    rebuild_when_free(database)
    assert tables_aside(database) == []
    assert messages(database) == 2
    assert verify(database.dsn, MODELS, processes=1).differences == []


def rebuild_when_free(database: Database) -> None:
    """PostgreSQL takes a moment to see that a killed process has gone."""
    for _ in range(200):
        try:
            rebuild(database.dsn, MODELS, processes=1)
        except RebuildRunning:
            threading.Event().wait(0.02)
        else:
            return
    raise AssertionError("the lock of a killed rebuild is never let go")


def test_a_rebuild_frees_a_read_model_that_had_stopped(database: Database) -> None:
    write(database, message(1))
    with database.transaction(GUILD) as conn:
        checkpoints.take(conn, GUILD, ["profiles"], wait=True)
        checkpoints.stop(conn, GUILD, "profiles", 1, "ZeroDivisionError: a bug, mended since")
    rebuild(database.dsn, [PROFILES], processes=1)
    assert messages(database) == 1
    with database.transaction(ALL_GUILDS) as conn:
        assert checkpoints.dead_letters(conn) == []
    write(database, message(2))
    worker.drain(database)
    assert messages(database) == 2


def test_two_rebuilds_of_one_read_model_do_not_run_at_once(database: Database) -> None:
    write(database, message(1))
    refused: list[str] = []

    def second(folded: int) -> None:
        for another in (rebuild, verify):
            with pytest.raises(RebuildRunning) as error:
                another(database.dsn, [PROFILES], processes=1)
            refused.append(str(error.value))
        rebuild(database.dsn, [named("badges")], processes=1)  # another one may

    rebuild(database.dsn, [PROFILES], processes=1, progress=second)
    assert len(refused) == 2
    assert all("profiles" in sentence for sentence in refused)
    assert verify(database.dsn, [PROFILES], processes=1).differences == []


def test_a_raised_version_is_outdated_until_it_is_rebuilt(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(database.dsn) as conn:
        assert outdated(conn) == []
        monkeypatch.setattr(PROFILES, "version", PROFILES.version + 1)
        assert outdated(conn) == [PROFILES]
        rebuild(database.dsn, [PROFILES], processes=1)
        assert outdated(conn) == []


def test_a_changed_table_file_is_outdated_until_it_is_rebuilt(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tables.checksum
    with connect(database.dsn) as conn:
        monkeypatch.setattr(
            tables, "checksum", lambda name: "new" if name == "badges" else real(name)
        )
        assert outdated(conn) == [named("badges")]
        rebuild(database.dsn, [named("badges")], processes=1)
        assert outdated(conn) == []


def test_only_the_statements_that_make_tables_are_in_the_checksum() -> None:
    for model in MODELS:
        made = blocks(tables.file_of(model.name))
        assert {"tables", "keys"} <= made.keys()
        assert len(tables.checksum(model.name)) == 64
    assert len({tables.checksum(model.name) for model in MODELS}) == len(MODELS)


def test_verify_finds_a_row_changed_by_hand(database: Database) -> None:
    write(database, message(1), message(2, user=2002), message(1, guild=5))
    worker.drain(database)
    by_hand(database, b"update profiles set xp = 16 where user_id = 2002")
    found = verify(database.dsn, MODELS, processes=1).differences
    assert [(d.table, d.guild_id, d.only_in, d.row["user_id"], d.row["xp"]) for d in found] == [
        ("profiles", GUILD, "live", 2002, 16),
        ("profiles", GUILD, "rebuilt", 2002, 15),
    ]


def test_verify_finds_a_missing_row(database: Database) -> None:
    write(database, message(1), message(2, user=2002))
    worker.drain(database)
    by_hand(database, b"delete from activity_log where user_id = 2002")
    (found,) = verify(database.dsn, MODELS, processes=1).differences
    assert isinstance(found, Difference)
    assert (found.table, found.only_in, found.row["position"]) == ("activity_log", "rebuilt", 2)


def test_verify_finds_a_row_too_many(database: Database) -> None:
    write(database, message(1))
    worker.drain(database)
    by_hand(database, b"insert into badges values (1001, 7, 2001, 'king', now())")
    report = verify(database.dsn, [named("badges")], processes=1)
    (found,) = report.differences
    assert (found.table, found.only_in, found.row["badge"]) == ("badges", "live", "king")
    assert report.rows == {"badges": 1}


def test_verify_leaves_everything_as_it_was(database: Database) -> None:
    write(database, *history(1, seed=3, length=80))
    worker.drain(database)
    before, were = tables_by_number(database), places(database)
    report = verify(database.dsn, MODELS, processes=1)
    assert (report.events, report.differences) == (80, [])
    assert (tables_by_number(database), places(database)) == (before, were)
    assert tables_aside(database) == []


def test_verify_compares_each_read_model_where_it_stands(database: Database) -> None:
    write(database, message(1))
    worker.drain(database, [PROFILES])
    write(database, message(2, seconds=60))
    worker.drain(database, [named("event_counters")])
    report = verify(database.dsn, MODELS, processes=1)
    assert report.differences == []
    with database.transaction(GUILD) as conn:
        lags = checkpoints.lag(conn, [m.name for m in MODELS])
        standing = {lag.name: lag.position for lag in lags}
    assert (standing["profiles"], standing["event_counters"], standing["badges"]) == (1, 2, 0)


def test_verify_beside_a_live_worker_sees_no_difference(database: Database) -> None:
    write(database, *(message(n, seconds=n) for n in range(1, 30)))
    worker.drain(database)

    def meanwhile(folded: int) -> None:
        write(database, message(1000 + folded, seconds=1000))
        write(database, message(1, guild=77))
        worker.drain(database)

    report = verify(database.dsn, MODELS, processes=1, progress=meanwhile)
    assert report.differences == []
    assert messages(database) == 30


def test_a_table_aside_is_not_the_apps_before_it_is_under_row_level_security(
    database: Database,
) -> None:
    write(database, message(1))
    build_aside(database.dsn, [PROFILES], {}, processes=1)  # finished: keys and policies
    with database.transaction(GUILD) as conn:
        for table in PROFILES.tables:
            assert rows.count(conn, table, GUILD, tables.REBUILD) == 0
    with connect(database.dsn) as conn:
        tables.make_aside(conn, PROFILES.name, PROFILES.tables)  # bare again
    with (
        pytest.raises(Exception, match="permission denied"),
        database.transaction(GUILD) as conn,
    ):
        rows.count(conn, PROFILES.tables[0], GUILD, tables.REBUILD)


def test_every_read_model_has_its_tables_from_the_start(database: Database) -> None:
    with connect(database.dsn) as conn:
        built = tables.built(conn)
    assert {name: build.version for name, build in built.items()} == {
        model.name: model.version for model in MODELS
    }
    assert isinstance(MODELS[0], ReadModel)
    assert tables.names() == sorted(built)


def test_a_guild_that_is_first_seen_while_the_tables_are_swapped_keeps_its_rows(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its checkpoint was not there to be held, and its rows went away with the old tables."""
    write(database, message(1))
    worker.drain(database)
    late: list[threading.Thread] = []
    fold_rest = rebuilding._fold_rest

    def while_swapping(*arguments: Any) -> int:
        if not late:
            write(database, message(1, guild=5))
            late.append(threading.Thread(target=worker.drain, args=(database,)))
            late[0].start()
            late[0].join(0.5)  # it has folded the new guild by now, unless it is made to wait
        return fold_rest(*arguments)

    monkeypatch.setattr(rebuilding, "_fold_rest", while_swapping)
    rebuild(database.dsn, [PROFILES], processes=1)
    late[0].join()
    worker.drain(database)
    assert (messages(database), messages(database, 5)) == (1, 1)
    assert verify(database.dsn, MODELS, processes=1).differences == []


def test_a_worker_that_is_just_making_a_checkpoint_does_not_lock_up_with_the_swap(
    database: Database,
) -> None:
    write(database, message(1))
    worker.drain(database)
    write(database, message(1, guild=5))
    taken, go_on = threading.Event(), threading.Event()

    def slow_worker() -> None:
        with database.transaction(5) as conn:
            checkpoints.take(conn, 5, [PROFILES.name], wait=False)
            taken.set()
            go_on.wait(10)
            advance(conn, 5, [PROFILES])

    failed: list[BaseException] = []
    threads = [
        threading.Thread(target=noting, args=(failed, slow_worker)),
        threading.Thread(
            target=noting, args=(failed, lambda: rebuild(database.dsn, [PROFILES], processes=1))
        ),
    ]
    threads[0].start()
    taken.wait(10)
    threads[1].start()
    threads[1].join(1.5)  # it has built by now, and waits for the worker
    go_on.set()
    for thread in threads:
        thread.join()
    assert failed == []
    assert messages(database, 5) == 1
    assert verify(database.dsn, MODELS, processes=1).differences == []


def test_a_process_of_another_release_leaves_rebuilt_tables_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """bug: after a rolling restart's rebuild the old worker went on folding, by the old fold."""
    write(database, message(1))
    worker.drain(database)
    with monkeypatch.context() as newer:
        newer.setattr(PROFILES, "version", PROFILES.version + 1)
        with database.transaction(GUILD) as conn, pytest.raises(OtherRelease):
            catch_up(conn, GUILD, [PROFILES])  # not rebuilt yet
        write(database, message(2, seconds=60))
        worker.drain(database)
        assert messages(database) == 1
        rebuild(database.dsn, [PROFILES], processes=1)
        assert messages(database) == 2
    write(database, message(3, seconds=120), message(1, guild=5))
    worker.drain(database)
    places_now = places(database)
    assert places_now[GUILD, "profiles"] == 2 and places_now[5, "profiles"] == 0
    assert places_now[GUILD, "badges"] == 3 and places_now[5, "badges"] == 1
    assert automation.drain(database) == 0
    with pytest.raises(OtherRelease):
        handle(
            database,
            Call(Asked(GUILD, 2**50, 2001, 700), "slash", "profile"),
            reads=["profiles"],
            decide=lambda conn: [],
            show=lambda conn, facts: None,
        )
    with pytest.raises(OtherRelease):
        repair(database.dsn, PROFILES, GUILD)
    with database.transaction(ALL_GUILDS) as conn:
        assert checkpoints.dead_letters(conn) == []
    with monkeypatch.context() as newer:
        newer.setattr(PROFILES, "version", PROFILES.version + 1)
        worker.drain(database)
        assert messages(database) == 3
        assert verify(database.dsn, [PROFILES], processes=1).differences == []
