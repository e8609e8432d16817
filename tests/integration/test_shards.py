"""Shards over several processes: one number for all, a place for each, one turn at a time."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import cluster, turns
from bot.cluster import Cluster, PlaceTaken, ShardsDisagree, shards_of
from bot.health.gateway import Gateway as Health
from bot.settings import Settings
from bot.turns import Turns
from sql.errors import DatabaseUnreachable
from sql.migrate import connect
from sql.pool import Database
from sql.shards import Seat, take_turn

BOT = 4001
OTHER_BOT = 4002
PAUSE = 1000.0
NOT_FOUND: Exception = cast(Any, discord.GatewayNotFound)()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "SECONDS", 0.02)
    monkeypatch.setattr(turns, "ASK_SECONDS", 0.0)
    monkeypatch.setattr(turns, "RETRY_SECONDS", 0.0)


class Gateway:
    """What Discord says at /gateway/bot, one answer after the other, the last one for ever."""

    def __init__(self, *left: int | Exception, concurrency: int = 1) -> None:
        self.left = list(left)
        self.asked = 0
        self.concurrency = concurrency

    async def get_bot_gateway(self) -> tuple[int, str, dict[str, int]]:
        self.asked += 1
        left = self.left[min(self.asked, len(self.left)) - 1]
        if isinstance(left, Exception):
            raise left
        limit = {"total": 1000, "remaining": left, "reset_after": 0}
        return 1, "wss://gateway", limit | {"max_concurrency": self.concurrency}


class Client:
    """The part of discord.py's client that is told what to run."""

    def __init__(self, gateway: Gateway | None = None) -> None:
        self.application_id = BOT
        self.shard_count: int | None = None
        self.shard_ids: list[int] | None = None
        self.http = gateway or Gateway(1000)


class Process:
    """One process of the bot, as far as its place is concerned."""

    def __init__(self, dsn: str, **settings: Any) -> None:
        self.client: Any = Client()
        self.cluster = Cluster(dsn, Settings(**settings))

    async def join(self, advised: int = 4) -> list[int]:
        await self.cluster.join(self.client, advised)
        return list(self.client.shard_ids)


@asynccontextmanager
async def processes(*some: Process) -> AsyncIterator[None]:
    """They leave in the end."""
    try:
        yield
    finally:
        for one in some:
            await one.cluster.leave()


@contextmanager
def seats(dsn: str, *bots: int) -> Iterator[list[Seat]]:
    opened = [Seat(dsn, bot) for bot in bots]
    try:
        yield opened
    finally:
        for seat in opened:
            seat.close()


def cut_all_seats(dsn: str) -> None:
    """As when the database is restarted: every session that holds such a lock is ended."""
    with connect(dsn) as conn:
        conn.execute(
            b"select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory'"
            b" and database = (select oid from pg_database where datname = current_database())"
        )


@given(clusters=st.integers(1, 40), more=st.integers(0, 200))
def test_every_shard_is_run_by_exactly_one_cluster(clusters: int, more: int) -> None:
    runs = [list(shards_of(one, clusters, clusters + more)) for one in range(clusters)]
    assert [shard for run in runs for shard in run] == list(range(clusters + more))
    assert max(map(len, runs)) - min(map(len, runs)) <= 1


def test_turns_of_a_bucket_are_a_pause_apart_whoever_takes_them(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        waits = pool.map(lambda _: take_turn(database, BOT, 0, PAUSE), range(8))
    assert sorted(round(wait / PAUSE) for wait in waits) == list(range(8))


def test_buckets_and_bots_do_not_wait_for_each_other(database: Database) -> None:
    take_turn(database, BOT, 0, PAUSE)
    assert take_turn(database, BOT, 1, PAUSE) <= 0
    assert take_turn(database, OTHER_BOT, 0, PAUSE) <= 0
    assert take_turn(database, BOT, 0, PAUSE) > 0


def test_who_comes_first_says_how_many_shards_there_are(database: Database) -> None:
    with seats(database.dsn, BOT, BOT, BOT, OTHER_BOT) as (first, second, third, other):
        assert first.agree(None, 4) == 4
        assert second.agree(None, 5) == 4
        assert third.agree(8, 5) == 4
        assert other.agree(8, 5) == 8


def test_the_number_changes_when_nobody_runs_any(database: Database) -> None:
    with seats(database.dsn, BOT, BOT, BOT) as (first, second, third):
        first.agree(4, 1)
        second.agree(None, 1)
        first.close()
        assert third.agree(8, 1) == 4
        second.close()
        third.close()
        assert third.agree(8, 1) == 8


def test_twenty_processes_that_start_at_once_agree(database: Database) -> None:
    with seats(database.dsn, *[BOT] * 20) as started, ThreadPoolExecutor(20) as pool:
        numbers = pool.map(lambda n: started[n].agree(n + 1, 1), range(20))
        assert len(set(numbers)) == 1


def test_a_place_is_one_process_and_free_when_its_session_ends(database: Database) -> None:
    with seats(database.dsn, BOT, BOT, BOT, OTHER_BOT) as (first, second, third, other):
        assert [seat.sit(range(2)) for seat in (first, second, third, other)] == [0, 1, None, 0]
        first.close()
        assert third.sit(range(2)) == 0


def test_a_seat_whose_session_was_ended_says_so(database: Database) -> None:
    with seats(database.dsn, BOT) as (seat,):
        seat.agree(None, 2)
        assert seat.is_held()
        cut_all_seats(database.dsn)
        assert not seat.is_held()
        assert seat.agree(2, 2) == 2
        assert seat.is_held()


def test_no_database_is_said_so() -> None:
    with seats("postgresql://nobody@127.0.0.1:1/none", BOT) as (seat,):
        with pytest.raises(DatabaseUnreachable):
            seat.sit(range(2))
        assert not seat.is_held()


async def test_two_clusters_share_the_shards(database: Database) -> None:
    some = [Process(database.dsn, clusters=2, cluster_id=n) for n in range(2)]
    async with processes(*some):
        assert [await one.join() for one in some] == [[0, 1], [2, 3]]
        assert [one.client.shard_count for one in some] == [4, 4]


async def test_in_a_rolling_restart_two_processes_are_one_cluster(database: Database) -> None:
    old, new = (Process(database.dsn, clusters=2, cluster_id=1) for _ in range(2))
    async with processes(old, new):
        assert await old.join() == await new.join() == [2, 3]


async def test_a_spare_takes_the_place_of_who_leaves(database: Database) -> None:
    some = [Process(database.dsn, clusters=2, cluster_id="auto") for _ in range(3)]
    async with processes(*some):
        assert [await one.join() for one in some[:2]] == [[0, 1], [2, 3]]
        spare = asyncio.create_task(some[2].join())
        for _ in range(500):
            await asyncio.sleep(0.01)
            if some[2].cluster.stands_by:
                break
        ready = Health(some[2].client, lambda: some[2].cluster.stands_by).ready()
        assert [finding.state for finding in ready] == ["fine"]
        await some[1].cluster.leave()
        assert await spare == [2, 3]
        assert not some[2].cluster.stands_by


async def test_another_number_of_shards_is_refused_while_others_run(database: Database) -> None:
    first, other, later = (Process(database.dsn, shards=n) for n in (4, 8, 8))
    async with processes(first, other, later):
        await first.join()
        with pytest.raises(ShardsDisagree, match=r"runs with 4 shard.*SHARDS=8"):
            await other.join()
        await other.cluster.leave()
        await first.cluster.leave()
        assert await later.join() == list(range(8))


async def test_more_clusters_than_shards_are_refused(database: Database) -> None:
    one = Process(database.dsn, clusters=5, cluster_id="auto")
    async with processes(one):
        with pytest.raises(ShardsDisagree, match="CLUSTERS is 5, but the bot has 4"):
            await one.join()


async def test_a_process_keeps_its_place_over_a_restart_of_the_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = asyncio.Event()
    monkeypatch.setattr(
        cluster.log, "info", lambda event, **_: kept.set() if event == "place_kept" else None
    )
    one = Process(database.dsn, cluster_id="auto")
    async with processes(one):
        await one.join()
        keeping = asyncio.create_task(one.cluster.keep())
        cut_all_seats(database.dsn)
        await asyncio.wait_for(kept.wait(), 20)
        keeping.cancel()
        with seats(database.dsn, BOT) as (seat,):
            assert seat.sit(range(1)) is None


async def test_who_finds_its_place_taken_leaves(database: Database) -> None:
    one = Process(database.dsn, cluster_id="auto")
    with seats(database.dsn, BOT) as (faster,):
        async with processes(one):
            await one.join()
            cut_all_seats(database.dsn)
            assert faster.sit(range(1)) == 0
            with pytest.raises(PlaceTaken, match="cluster 0"):
                await asyncio.wait_for(one.cluster.keep(), 20)


async def test_identifies_are_waited_for_when_few_are_left(database: Database) -> None:
    gateway = Gateway(3, NOT_FOUND, OSError(), 50, 51)
    client: Any = Client(gateway)
    assert await Turns(database).wait_for_budget(client) == 1
    assert gateway.asked == 5


async def test_a_shard_identifies_at_its_turn(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes, each with two shards in one of two buckets: nobody has to be told to wait."""
    order: list[int] = []
    client: Any = Client(Gateway(1000, concurrency=2))

    async def start(own: Turns, shards: list[int]) -> None:
        for shard in shards:
            await own.before_connecting(client, shard)
            await own.before_identifying(client, shard)
            order.append(shard)

    monkeypatch.setattr(turns, "EARLY", 0.05)
    both = [Turns(database, pause=0.2) for _ in range(2)]
    await asyncio.wait_for(asyncio.gather(start(both[0], [0, 2]), start(both[1], [1, 3])), 20)
    assert sorted(order[:2]) == [0, 1] and sorted(order[2:]) == [2, 3]


async def test_a_turn_that_was_missed_is_taken_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Any = Client()
    own = Turns(database, pause=0.01)
    await own.before_connecting(client, 0)
    monkeypatch.setattr(turns, "LATE", -1000.0)
    await own.before_identifying(client, 0)
    await own.before_identifying(client, 0)
    assert take_turn(database, BOT, 0, PAUSE) > PAUSE / 2


async def test_without_a_database_a_shard_identifies_all_the_same() -> None:
    client: Any = Client()
    with Database("postgresql://nobody@127.0.0.1:1/none", timeout=0.1) as away:
        own = Turns(away, pause=0.05)
        for _ in range(3):
            await asyncio.wait_for(own.before_identifying(client, 0), 20)
