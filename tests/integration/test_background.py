"""The parts that run beside the client: they keep up by themselves and stop cleanly."""

import time
from collections.abc import Callable

import pytest

from bot.background import Background
from projections.engine.read_model import named
from sql import checkpoints, lake
from sql.migrate import connect
from sql.pool import ALL_GUILDS, Database
from sql.reads import fetch, fetch_one
from tests.support.facts import GUILD, at, message


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something that another thread does; fails when it does not come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_worker_and_scheduler_keep_up_and_stop(database: Database) -> None:
    with database.transaction(GUILD) as conn:
        lake.append(conn, [message(1)])
    background = Background(database, with_worker=True, with_scheduler=True, clock=lambda: at(0))
    background.start()
    try:
        until(lambda: _season(database) == 1)
        for number in range(2, 12):
            with database.transaction(GUILD) as conn:
                lake.append(conn, [message(number, seconds=number * 60)])
        until(lambda: _messages(database) == 11)
    finally:
        background.stop()
    with database.transaction(ALL_GUILDS) as conn:
        assert not checkpoints.dead_letters(conn)


def test_the_worker_rebuilds_what_was_built_by_another_version(database: Database) -> None:
    with database.transaction(GUILD) as conn:
        lake.append(conn, [message(1)])
    with connect(database.dsn) as conn:
        conn.execute(b"update read_models set version = 0 where name = 'badges'")
    background = Background(database, with_worker=True, with_scheduler=False)
    background.start()
    try:
        until(lambda: _built(database, "badges") == named("badges").version)
    finally:
        background.stop()


def _season(database: Database) -> int | None:
    with database.transaction(GUILD) as conn:
        row = fetch_one(conn, "seasons", "newest", guild=GUILD)
    return row["number"] if row else None


def _messages(database: Database) -> int:
    with database.transaction(GUILD) as conn:
        rows = fetch(
            conn, "profiles", "board", guild=GUILD, board="messages", season=0, limit=1, offset=0
        )
    return rows[0]["number"] if rows else 0


def _built(database: Database, name: str) -> int:
    with connect(database.dsn) as conn:
        row = conn.execute(b"select version from read_models where name = %s", [name]).fetchone()
    assert row is not None
    return int(row[0])


def test_a_rebuild_that_fails_does_not_keep_the_worker_from_its_work(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """bug: the worker tried the rebuild again and again and folded nothing."""

    def fail(dsn: str) -> list[str]:
        raise ValueError("a fold that fails")

    monkeypatch.setattr("bot.background.rebuild_outdated", fail)
    with database.transaction(GUILD) as conn:
        lake.append(conn, [message(1)])
    background = Background(database, with_worker=True, with_scheduler=False)
    background.start()
    try:
        until(lambda: _messages(database) == 1)
    finally:
        background.stop()
