"""An outage is noticed by whoever comes back, and recorded once in every server."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from bot.handle import look_up
from bot.watch import OUTAGE, Watch, at_work
from events.engine.snowflake import to_ms
from projections.engine import worker
from sql import lake, watch
from sql.pool import Database
from sql.reads import Row, fetch
from tests.support.facts import GUILD, at, message

OTHER = 1002
HOUR = timedelta(hours=1)


def outages(database: Database, guild: int) -> list[tuple[int, int]]:
    def load(conn: Any) -> list[Row]:
        return fetch(conn, "outages", "between", guild=guild, start=-1, end=2**63 - 1)

    worker.drain(database)
    rows = look_up(database, guild, reads=["outages"], show=load)
    return [(row["began_ms"], row["ended_ms"]) for row in rows]


def two_servers(database: Database) -> None:
    with database.transaction(GUILD, OTHER, 0) as conn:
        lake.append(conn, [message(n, guild=g) for n, g in ((1, GUILD), (2, OTHER), (3, 0))])


def test_the_first_start_and_a_restart_are_no_outage(database: Database) -> None:
    two_servers(database)
    assert at_work(database, at(0)) == 0
    assert at_work(database, at(30)) == 0
    assert at_work(database, at(30) + OUTAGE - timedelta(seconds=1)) == 0
    assert outages(database, GUILD) == []


def test_who_comes_back_after_a_night_records_it_in_every_server(database: Database) -> None:
    two_servers(database)
    at_work(database, at(0))
    back = at(0) + 9 * HOUR
    assert at_work(database, back) == 2
    assert at_work(database, back + timedelta(seconds=30)) == 0
    for guild in (GUILD, OTHER):
        assert outages(database, guild) == [(to_ms(at(0)), to_ms(back))]
    assert outages(database, 0) == []


def test_ten_processes_that_come_back_together_record_it_once(database: Database) -> None:
    two_servers(database)
    at_work(database, at(0))
    backs = [at(0) + 9 * HOUR + timedelta(milliseconds=7 * n) for n in range(10)]
    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(lambda back: at_work(database, back), backs)) == 2
    assert len(outages(database, GUILD)) == 1
    assert watch.last_seen(database) == backs[-1]


def test_a_clock_that_goes_back_changes_nothing(database: Database) -> None:
    two_servers(database)
    at_work(database, at(0) + HOUR)
    assert at_work(database, at(0)) == 0
    assert watch.last_seen(database) == at(0) + HOUR
    assert outages(database, GUILD) == []


async def test_nothing_is_noted_before_discord_is_there(database: Database) -> None:
    connected = asyncio.Event()
    client: Any = SimpleNamespace(is_ready=connected.is_set)
    task = asyncio.create_task(Watch(client, database, lambda: at(5)).run())
    await asyncio.sleep(0.2)
    assert watch.last_seen(database) is None
    connected.set()
    for _ in range(500):
        if watch.last_seen(database) is not None:
            break
        await asyncio.sleep(0.02)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert watch.last_seen(database) == at(5)
