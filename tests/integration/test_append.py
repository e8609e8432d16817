"""Append, whatever comes: any batches, any repeats, any words, any number of processes at once."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.engine.catalogue import decode
from events.engine.event import Event
from sql import chain, embedded, lake
from sql.errors import DatabaseUnreachable
from sql.lake import Appended, Conflict, Duplicate, Result
from sql.migrate import connect
from sql.pool import ALL_GUILDS, Database
from sql.writer import LakeWriter
from tests.support import postgres
from tests.support.facts import GUILD, message
from tests.support.histories import history

_guilds = itertools.count(10_000)
EXAMPLES = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def shared(postgres_server: embedded.Server) -> Iterator[Database]:
    """One database for many examples: each has guilds of its own."""
    with postgres.fresh(postgres_server) as url, Database(url) as database:
        yield database


def append(database: Database, events: list[Event]) -> list[Result]:
    with database.transaction(*{e.guild_id for e in events}) as conn:
        return lake.append(conn, events)


def look_first(database: Database, events: list[Event]) -> list[Result]:
    return lake.record(database, events, look_first=True)


Way = Callable[[Database, list[Event]], list[Result]]
WAYS: list[Way] = [append, lake.record, look_first]


def stored(database: Database, guild: int) -> list[Event]:
    """What the lake holds of a guild; its positions have no gap and its chain no fault."""
    with database.transaction(guild) as conn:
        rows = lake.read(conn, guild, 0, 10_000)
        assert [row.position for row in rows] == list(range(1, len(rows) + 1))
        assert list(chain.faults(conn, guild)) == []
        assert lake.heads(conn) == ({guild: len(rows)} if rows else {})
    return [decode(row) for row in rows]


Told = list[tuple[int, int, bool]]


@EXAMPLES
@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.booleans()), max_size=9),
        max_size=6,
    ),
    ways=st.lists(st.sampled_from(WAYS), min_size=6, max_size=6),
)
def test_each_fact_is_stored_once_at_its_first_telling(
    shared: Database,
    batches: list[Told],
    ways: list[Way],
) -> None:
    """Told as (which guild, which message, whether it is forged to be somebody else's)."""
    guilds = [next(_guilds) for _ in range(3)]
    model: dict[int, list[Event]] = {guild: [] for guild in guilds}
    for batch, way in zip(batches, ways, strict=False):
        told: list[Event] = [
            message(number, guild=guilds[which], user=2002 if forged else 2001)
            for which, number, forged in batch
        ]
        expected: list[Result] = []
        for event in told:
            known = model[event.guild_id]
            first = next((e for e in known if e.source_id == event.source_id), None)
            if first is None:
                known.append(event)
                expected.append(Appended(len(known)))
            else:
                position = known.index(first) + 1
                same = first.user_id == event.user_id
                expected.append(Duplicate(position) if same else Conflict(position))
        assert way(shared, told) == expected
    for guild in guilds:
        assert stored(shared, guild) == model[guild]


@EXAMPLES
@given(name=st.text(max_size=40), option=st.text(max_size=10))
def test_any_words_come_back_as_they_were_kept_and_verify(
    shared: Database, name: str, option: str
) -> None:
    guild = next(_guilds)
    told = message(1, guild=guild, name=name, avatar=option)
    append(shared, [told])
    assert stored(shared, guild) == [told]


@pytest.mark.parametrize("number", [0, 2**53 + 1, 2**63 - 1])
def test_any_number_comes_back_as_it_was(shared: Database, number: int) -> None:
    guild = next(_guilds)
    told = message(1, guild=guild, length=number, user=number, reply_to=number)
    append(shared, [told])
    assert stored(shared, guild) == [told]


def test_direct_messages_have_a_stream_of_their_own(database: Database) -> None:
    append(database, [message(1, guild=0), message(1)])
    assert stored(database, 0) == [message(1, guild=0)]


def test_nothing_is_nothing(database: Database) -> None:
    with database.transaction(GUILD) as conn:
        assert lake.append(conn, []) == []
        assert lake.heads(conn) == {}


def test_an_append_for_a_guild_that_is_not_the_tenant_is_refused(database: Database) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        database.transaction(GUILD) as conn,
    ):
        lake.append(conn, [message(1), message(1, guild=GUILD + 1)])
    with database.transaction(ALL_GUILDS) as conn:
        assert lake.heads(conn) == {}


def test_what_is_rolled_back_was_never_there(database: Database) -> None:
    append(database, [message(1)])
    with pytest.raises(RuntimeError), database.transaction(GUILD) as conn:
        assert lake.append(conn, [message(2), message(3)]) == [Appended(2), Appended(3)]
        raise RuntimeError
    assert append(database, [message(3)]) == [Appended(2)]
    assert stored(database, GUILD) == [message(1), message(3)]


def test_each_process_of_an_overlapping_deploy_may_write_everything(database: Database) -> None:
    """The same history from both, in batches of different sizes and partly in another order."""
    told = [event for guild in (1, 2, 3) for event in history(guild, guild, 80)]

    def process(seed: int) -> list[Result]:
        random, mine, results = Random(seed), list(told), []
        random.shuffle(mine)
        with Database(database.dsn) as own:
            while mine:
                size = random.randint(1, 40)
                results += random.choice(WAYS)(own, mine[:size])
                del mine[:size]
        return results

    with ThreadPoolExecutor(3) as pool:
        results = [result for found in pool.map(process, range(3)) for result in found]
    assert not [result for result in results if isinstance(result, Conflict)]
    assert sum(isinstance(result, Appended) for result in results) == len(told)
    for guild in (1, 2, 3):
        assert len(stored(database, guild)) == 80


async def test_two_writers_of_one_history_store_it_once(database: Database) -> None:
    told = [message(n, guild=n % 7) for n in range(300)]
    writers = [LakeWriter(database, max_batch=size) for size in (17, 60)]
    results = await asyncio.gather(*(w.write(event) for event in told for w in writers))
    for writer in writers:
        writer.close()
    assert sum(isinstance(result, Appended) for result in results) == 300
    assert sum(isinstance(result, Duplicate) for result in results) == 300
    assert sum(len(stored(database, guild)) for guild in range(7)) == 300


async def test_a_writer_survives_the_loss_of_its_connection(database: Database) -> None:
    writer = LakeWriter(database)
    await writer.write(message(1))
    with connect(database.dsn) as conn:
        conn.execute(
            b"select pg_terminate_backend(pid) from pg_stat_activity"
            b" where datname = current_database() and pid <> pg_backend_pid()"
        )
    results = []
    for number in range(2, 8):
        try:
            results.append(await writer.write(message(number)))
        except DatabaseUnreachable:
            results.append(await writer.write(message(number)))  # as a caller would: the same key
    writer.close()
    assert [result.position for result in results] == [2, 3, 4, 5, 6, 7]
    assert len(stored(database, GUILD)) == 7


async def test_who_no_longer_waits_does_not_disturb_the_others(database: Database) -> None:
    writer = LakeWriter(database)
    with database.transaction(GUILD) as held:
        lake.lock(held, [GUILD])
        waiting = [asyncio.create_task(writer.write(message(n))) for n in range(5)]
        given_up = writer.offer(message(9))
        await asyncio.sleep(0.05)
        waiting[1].cancel()
        given_up.cancel()
    done = await asyncio.gather(*waiting, return_exceptions=True)
    writer.close()
    assert isinstance(done[1], asyncio.CancelledError)
    assert all(isinstance(done[n], Appended) for n in (0, 2, 3, 4))
    assert len(stored(database, GUILD)) == 6  # what was queued is written all the same
