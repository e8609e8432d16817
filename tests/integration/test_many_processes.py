"""Any number of workers and schedulers: each thing is done once, and nobody's death holds it up."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.schedule import run_due
from events.engine.catalogue import decode
from events.seasons import SeasonStarted
from projections.engine import worker
from projections.engine.read_model import read_models
from sql import checkpoints, embedded, lake
from sql.pool import ALL_GUILDS, Database
from tests.simulation import audit
from tests.support import postgres
from tests.support.dooms import Doom
from tests.support.facts import message
from tests.support.histories import history
from tests.support.processes import Program

GUILDS = tuple(range(1001, 1007))
MANY = 3


@pytest.fixture
def programs(database_url: str, tmp_path: Path) -> Iterator[list[Program]]:
    """Processes for one database, not started yet; a test says what they run."""
    some = [Program(f"p{n}", [], {"DATABASE_URL": database_url}, tmp_path) for n in range(MANY)]
    try:
        yield some
    finally:
        for program in some:
            program.kill()


def write(database: Database, seed: int, length: int, guilds: tuple[int, ...] = GUILDS) -> None:
    for guild in guilds:
        with database.transaction(guild) as conn:
            lake.append(conn, history(guild, seed, length))


def facts(database: Database) -> dict[int, list[tuple[str, str, datetime]]]:
    """What the logs hold, told apart from when it was recorded."""
    found = {}
    with database.transaction(ALL_GUILDS) as conn:
        heads = lake.heads(conn)
    for guild in heads:
        with database.transaction(guild) as conn:
            rows = lake.read(conn, guild, 0, 100_000)
        found[guild] = sorted((row.event_type, row.source_id, row.occurred_at) for row in rows)
    return found


async def test_workers_take_over_from_one_that_dies_with_guilds_in_its_hands(
    programs: list[Program], database: Database
) -> None:
    write(database, 1, 60)
    for program in programs:
        program.arguments = ["run", "--only", "worker"]
    programs[0].start(Doom("word", 40, after=True))
    await programs[0].said("started")
    programs[0].arm()
    for program in programs[1:]:
        program.start()
    assert await programs[0].dead(60), "its moment never came"
    await audit.rest(database)
    assert list(audit.faults(database)) == []
    assert [program.stop() for program in programs[1:]] == [0, 0]


@pytest.mark.parametrize("known", [False, True])
def test_workers_share_what_there_is_to_do(database: Database, known: bool) -> None:
    """bug: whoever came to a guild that nobody had folded before waited for who was at it, and so
    on from guild to guild: one worked, the others walked behind."""
    names = list(read_models())
    write(database, 2, 20)
    if known:
        worker.drain(database)
        write(database, 4, 20)
    with database.transaction(GUILDS[0]) as conn, Database(database.dsn) as other:
        held = checkpoints.take(conn, GUILDS[0], names, wait=False)
        assert len(held) == len(names)
        worker.drain(other)
        with other.transaction(ALL_GUILDS) as looking:
            behind = {place.guild_id for place in checkpoints.lag(looking, names) if place.lag}
    assert behind == {GUILDS[0]}


async def test_schedulers_do_each_thing_once_though_one_of_them_dies(
    programs: list[Program], database: Database
) -> None:
    for guild in GUILDS:
        with database.transaction(guild) as conn:
            lake.append(conn, [message(1, guild=guild)])
    for program in programs:
        program.arguments = ["run", "--only", "scheduler"]
    for program in programs:
        program.start()
    await programs[0].said("started", patience=60)
    programs[0].kill()
    for program in programs[1:]:
        await program.said("started", patience=60)
    assert [program.stop() for program in programs[1:]] == [0, 0]
    for guild in GUILDS:
        with database.transaction(guild) as conn:
            seasons = [
                e
                for e in map(decode, lake.read(conn, guild, 0, 100))
                if isinstance(e, SeasonStarted)
            ]
        assert [one.number for one in seasons] == [1]


def test_three_schedulers_record_what_one_would(
    postgres_server: embedded.Server, database: Database
) -> None:
    """Hours of what is due, at the same moments, side by side: no fact more, none less."""
    with ExitStack() as stack:
        alone = stack.enter_context(Database(stack.enter_context(postgres.fresh(postgres_server))))
        three = [stack.enter_context(Database(database.dsn)) for _ in range(MANY)]
        for one in (alone, database):
            write(one, 3, 120, GUILDS[:2])
        before = facts(alone)
        start = max(told for rows in before.values() for _, _, told in rows)
        moments = [start + timedelta(hours=hour) for hour in (0, 1, 26, 27, 200)]
        together = threading.Barrier(MANY)

        def schedule(own: Database) -> None:
            for now in moments:
                together.wait(60)
                run_due(own, now)

        for now in moments:
            run_due(alone, now)
        with ThreadPoolExecutor(MANY) as pool:
            list(pool.map(schedule, three))
        assert facts(database) == facts(alone)
        assert all(len(facts(alone)[guild]) > len(before[guild]) for guild in before)
