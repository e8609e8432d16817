"""How fast captures get onto this machine's disk while the database is away, and off it again."""

import asyncio
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from bot.background import utc_now
from bot.gateway.drainer import PAGE, Drainer
from bot.gateway.gaps import Gaps
from bot.gateway.packing import Packed, pack
from bot.gateway.recorder import Recorder
from bot.gateway.spool import Spool, open_spool
from events.engine.event import Event
from sql.pool import Database
from sql.writer import LakeWriter
from tests.benchmarks.appending import STATEMENT, bare, now
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.history import guilds, mixed
from tests.benchmarks.stage import Stage, plain, prepared_aside, reference

GUILDS = 50


def through_the_spool(stage: Stage) -> Iterator[Figure]:
    """Page by page onto the disk, each synced; then, in order, into the lake."""
    write = Figure("spool, write", "events/s", 20_000, reference="bare SQLite, a page a commit")
    appended = Figure("spool, write", "events/s", reference="appended to a file, a page a sync")
    wait = Figure("spool, a page p99", "ms", 100, at_most=True)
    drain = Figure("spool, drain", "events/s", 5_000, reference="bare unnest insert")
    with stage.database() as database, plain(database) as conn:
        conn.execute(reference("make_bare_lake"))
        histories = guilds(GUILDS)
        for _ in range(stage.rounds):
            events = [cls(**fields) for cls, fields in mixed(histories, 60_000 // stage.shorter)]
            with tempfile.TemporaryDirectory() as folder, open_spool(Path(folder)) as spool:
                waits = _write(spool, events)
                rate = len(events) / sum(waits)
                packed = [pack(event) for event in events]
                write.add(rate, len(events) / _bare_sqlite(Path(folder), packed))
                appended.add(rate, len(events) / _bare_file(Path(folder), packed))
                wait.add(1000 * percentile(waits, 99))
                since = now(conn)
                seconds = asyncio.run(_drain(database, spool))
                drain.add(len(events) / seconds, bare(conn, since, STATEMENT))
    yield from (write, appended, wait, drain)


def _write(spool: Spool, events: Sequence[Event]) -> list[float]:
    """How long each page took to be on disk."""
    waits = []
    for start in range(0, len(events), PAGE):
        began = time.perf_counter()
        spool.append(events[start : start + PAGE], utc_now())
        waits.append(time.perf_counter() - began)
    return waits


def _bare_sqlite(folder: Path, packed: Sequence[Packed]) -> float:
    """Seconds for the same rows, in as many commits, by nothing but SQLite."""
    with closing(sqlite3.connect(folder / "bare", isolation_level=None)) as db:
        for statement in ("make_bare_spool", "bare_spool_in_wal", "bare_spool_synced"):
            db.execute(reference(statement).decode())
        insert = reference("insert_bare_spool").decode()
        began = time.perf_counter()
        for start in range(0, len(packed), PAGE):
            db.execute("begin")
            db.executemany(insert, packed[start : start + PAGE])
            db.execute("commit")
        return time.perf_counter() - began


def _bare_file(folder: Path, packed: Sequence[Packed]) -> float:
    """Seconds for the same bytes, appended and synced page by page."""
    with (folder / "bytes").open("ab") as file:
        began = time.perf_counter()
        for start in range(0, len(packed), PAGE):
            file.write(b"\n".join(body for _, _, body in packed[start : start + PAGE]))
            file.flush()
            os.fsync(file.fileno())
        return time.perf_counter() - began


async def _drain(database: Database, spool: Spool) -> float:
    writer = LakeWriter(database)
    recorder = Recorder(database, writer, Gaps(database, uuid4().hex), utc_now)
    recorder.alone()
    drainer = Drainer(recorder, spool, utc_now)
    with prepared_aside():
        began = time.perf_counter()
        while drainer.depth:
            await drainer.page()
        seconds = time.perf_counter() - began
    writer.close()
    recorder.close()
    drainer.close()
    return seconds
