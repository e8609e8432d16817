"""Whether a long history makes anything slower: the same work at 10,000 stored events and at the
long history's end, turn by turn."""

import asyncio
import time
from collections.abc import Iterator

from projections.engine import rebuild
from projections.engine.read_model import read_models
from projections.engine.worker import drain
from sql.migrate import connect
from tests.benchmarks.appending import produce
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Prepared, Stage, is_behind

SHORT = 10_000


def with_history(stage: Stage) -> Iterator[Figure]:
    """Append through the writer and fold by the worker, at both lengths."""
    appended = Figure("append, slowed by long history", "%", 10, at_most=True)
    folded = Figure("worker, slowed by long history", "%", 10, at_most=True)
    long = stage.long()
    if is_behind(long.database):
        rebuild.rebuild(long.database.dsn, list(read_models().values()), processes=2)
    _settle(long, 20_000 // stage.shorter)
    for _ in range(stage.rounds):
        with stage.prepared(SHORT, len(long.histories)) as short:
            drain(short.database)
            count = 20_000 // stage.shorter
            few, many = _rates(short, count), _rates(long, count)
            appended.add(100 * (1 - many[0] / few[0]))
            folded.add(100 * (1 - many[1] / few[1]))
    yield appended
    yield folded


def _settle(at: Prepared, count: int) -> None:
    """Tables that were just rebuilt are packed full, so the first update of a row has to find room
    on another page; that is the price of the rebuild, not of the history's length."""
    _rates(at, count)
    with connect(at.database.dsn) as conn:
        conn.execute("vacuum analyze")


def _rates(at: Prepared, count: int) -> tuple[float, float]:
    """Events appended and events folded a second."""
    seconds, _ = asyncio.run(produce(at.database, at.more(count)))
    started = time.perf_counter()
    drain(at.database)
    return count / seconds, count / (time.perf_counter() - started)
