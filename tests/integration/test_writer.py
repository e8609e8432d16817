"""The micro-batching writer: what is acknowledged is on disk, and nothing is dropped."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from projections.engine import worker
from sql import lake
from sql.errors import DatabaseUnreachable, RowTooLarge
from sql.pool import Database
from sql.reads import fetch_one
from sql.writer import LakeWriter, QueueFull, WriterClosed
from tests.support.facts import GUILD, message


def count(database: Database, guild: int = GUILD) -> int:
    with database.transaction(guild) as conn:
        return len(lake.read(conn, guild, 0, 100_000))


async def test_an_acknowledged_event_is_on_disk(database: Database) -> None:
    writer = LakeWriter(database)
    assert await writer.write(message(1)) == lake.Appended(1)
    assert count(database) == 1
    assert await writer.write(message(1)) == lake.Duplicate(1)
    assert await writer.write(message(1, user=5)) == lake.Conflict(1)
    writer.close()


async def test_600_racing_first_events_of_600_members_are_all_stored(database: Database) -> None:
    writer = LakeWriter(database, max_batch=50)
    events = [message(n, user=10_000 + n) for n in range(600)]
    results = await asyncio.gather(*(writer.write(event) for event in events))
    writer.close()
    assert sorted(result.position for result in results) == list(range(1, 601))
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        board = fetch_one(
            conn, "profiles", "board", guild=GUILD, board="messages", season=0, limit=1, offset=0
        )
    assert board is not None and board["members"] == 600


def test_12_concurrent_writers_on_one_member_lose_nothing(database: Database) -> None:
    def write(number: int) -> None:
        for index in range(25):
            with database.transaction(GUILD) as conn:
                lake.append(conn, [message(number * 100 + index, channel=number, seconds=index)])
            if index % 5 == 0:
                worker.run_once(database)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(write, range(1, 13)))
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        profile = fetch_one(conn, "profiles", "profile", guild=GUILD, user=2001)
    assert profile is not None
    assert (profile["messages"], profile["xp"]) == (300, 12 * 15)


async def test_one_bad_event_fails_alone(database: Database) -> None:
    writer = LakeWriter(database)
    bad = message(2).model_copy(update={"name": "x" * 70_000})
    futures = [writer.offer(event) for event in (message(1), bad, message(3))]
    results = await asyncio.gather(*map(asyncio.wrap_future, futures), return_exceptions=True)
    assert isinstance(results[1], RowTooLarge)
    assert [isinstance(r, lake.Appended) for r in results] == [True, False, True]
    assert count(database) == 2
    writer.close()


async def test_a_full_queue_refuses_an_offer_and_lets_a_write_wait(database: Database) -> None:
    locked, release = threading.Event(), threading.Event()

    def hold() -> None:
        with database.transaction(GUILD) as conn:
            lake.lock(conn, [GUILD])
            locked.set()
            release.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(20)
    writer = LakeWriter(database, capacity=3, max_batch=1)
    first = writer.offer(message(1))
    while writer.depth:
        await asyncio.sleep(0.01)
    waiting = [writer.offer(message(n)) for n in (2, 3, 4)]
    with pytest.raises(QueueFull, match="3 events are waiting"):
        writer.offer(message(5))
    patient = asyncio.create_task(writer.write(message(6)))
    await asyncio.sleep(0.05)
    assert not patient.done()
    release.set()
    assert isinstance(await asyncio.wait_for(patient, 20), lake.Appended)
    holder.join()
    wait([first, *waiting], timeout=20)
    assert count(database) == 5
    writer.close()


def test_closing_writes_what_waits(database: Database) -> None:
    writer = LakeWriter(database)
    futures = [writer.offer(message(n)) for n in range(200)]
    writer.close()
    assert all(future.done() for future in futures)
    assert count(database) == 200
    with pytest.raises(WriterClosed):
        writer.offer(message(999))


def test_without_a_database_every_event_fails_with_the_reason() -> None:
    with Database("postgresql://nobody@127.0.0.1:1/none", timeout=0.3) as database:
        writer = LakeWriter(database)
        futures = [writer.offer(message(n)) for n in range(3)]
        for future in futures:
            assert isinstance(future.exception(timeout=20), DatabaseUnreachable)
        writer.close()


def test_what_waits_behind_a_lost_batch_fails_with_it() -> None:
    """bug: the database was away for one batch and back for the next, which overtook it."""
    with Database("postgresql://nobody@127.0.0.1:1/none", timeout=0.3) as database:
        writer = LakeWriter(database, max_batch=2)
        futures = writer.offer_all([message(n) for n in range(7)])
        ends = [future.exception(timeout=20) for future in futures]
        assert len({id(end) for end in ends}) == 1
        assert isinstance(ends[0], DatabaseUnreachable)
        writer.close()


async def test_a_page_is_queued_wholly_or_not_at_all(database: Database) -> None:
    writer = LakeWriter(database, capacity=3)
    with pytest.raises(QueueFull):
        writer.offer_all([message(n) for n in range(4)])
    assert count(database) == 0
    writer.close()
