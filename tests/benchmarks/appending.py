"""How fast facts get onto disk: through the writer, and one by one."""

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from sql import lake
from sql.pool import Connection, Database
from sql.writer import LakeWriter
from tests.benchmarks.figures import Figure, percentile, share
from tests.benchmarks.history import Draft, guilds, mixed
from tests.benchmarks.stage import Stage, plain, prepared_aside, reference

GUILDS = 50
PRODUCERS = 512
STATEMENT = 1000


def through_the_writer(stage: Stage) -> Iterator[Figure]:
    """512 producers, each waiting until its event is on disk; validation counts."""
    rate = Figure("append, 512 producers", "events/s", 25_000, reference="bare unnest insert")
    wait = Figure("append, wait p99", "ms", 40, at_most=True)
    histories = guilds(GUILDS)
    with stage.database() as database, plain(database) as conn:
        conn.execute(reference("make_bare_lake"))
        asyncio.run(produce(database, list(mixed(histories, 2 * STATEMENT))))
        for _ in range(stage.rounds):
            drafts = list(mixed(histories, 60_000 // stage.shorter))
            since = now(conn)
            seconds, waits = asyncio.run(produce(database, drafts))
            rate.add(len(drafts) / seconds, bare(conn, since, STATEMENT))
            wait.add(1000 * percentile(waits, 99))
    yield rate
    yield share(rate, "append, of the bare insert", 40)
    yield wait


def one_by_one(stage: Stage) -> Iterator[Figure]:
    """One event, one commit, one after the other."""
    rate = Figure("append, one event a commit", "events/s", 1_400, reference="bare insert, commit")
    (history,) = guilds(1)
    with stage.database() as database, plain(database) as conn:
        conn.execute(reference("make_bare_lake"))
        for _ in range(stage.rounds):
            events = [cls(**fields) for cls, fields in history.take(3_000 // stage.shorter)]
            since, started = now(conn), time.perf_counter()
            for event in events:
                lake.record(database, [event])
            seconds = time.perf_counter() - started
            rate.add(len(events) / seconds, bare(conn, since, 1))
    yield rate


async def produce(database: Database, drafts: list[Draft]) -> tuple[float, list[float]]:
    """Write ``drafts``; the seconds it took and how long each producer waited."""
    writer = LakeWriter(database)
    left, waits = iter(drafts), []

    async def producer() -> None:
        for cls, fields in left:
            started = time.perf_counter()
            await writer.write(cls(**fields))
            waits.append(time.perf_counter() - started)

    with prepared_aside():
        started = time.perf_counter()
        await asyncio.gather(*(producer() for _ in range(PRODUCERS)))
        seconds = time.perf_counter() - started
    writer.close()
    return seconds, waits


def now(conn: Connection) -> datetime:
    """The time by the database's clock."""
    row = conn.execute(reference("now")).fetchone()
    assert row is not None
    found: datetime = row[0]
    return found


def bare(conn: Connection, since: datetime, size: int) -> float:
    """Insert what was recorded since into a bare table, ``size`` rows a commit; rows a second."""
    with conn.cursor(row_factory=dict_row, binary=True) as cursor:
        rows = cursor.execute(reference("finished_rows"), {"since": since}).fetchall()
    batches = [_columns(rows[start : start + size]) for start in range(0, len(rows), size)]
    started = time.perf_counter()
    for batch in batches:
        conn.execute(reference("insert"), batch)
    return len(rows) / (time.perf_counter() - started)


def _columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}
