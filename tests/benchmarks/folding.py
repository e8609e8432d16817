"""How fast facts become visible: by the live worker, and in a rebuild from nothing."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from projections.engine import rebuild
from projections.engine.read_model import read_models
from projections.engine.worker import drain
from sql.pool import Database
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Stage, append, live_workers, plain, reference, until_visible

PROCESSES = 2
ONE_COUNT = "one count in one statement"


def live(stage: Stage) -> Iterator[Figure]:
    """A backlog becomes visible in all read models, folded by the workers."""
    rate = Figure("log to visible", "events/s", 15_000, reference=ONE_COUNT)
    with stage.prepared(20_000 // stage.shorter, 20) as at:
        drain(at.database)
        for _ in range(stage.rounds):
            count = 40_000 // stage.shorter
            append(at.database, at.more(count))
            started = time.perf_counter()
            with live_workers(at.database):
                until_visible(at.database)
                seconds = time.perf_counter() - started
            rate.add(count / seconds, _counting(at.database))
    yield rate


def from_nothing(stage: Stage) -> Iterator[Figure]:
    """Every read model rebuilt from the long history."""
    rate = Figure("rebuild of everything", "events/s", 60_000, reference=ONE_COUNT)
    memory = Figure("rebuild, memory a process", "MB", 600, at_most=True)
    at = stage.long()
    for _ in range(stage.rounds):
        started = time.perf_counter()
        with _peak() as peak:
            rebuild.rebuild(at.database.dsn, list(read_models().values()), processes=PROCESSES)
        rate.add(stage.events / (time.perf_counter() - started), _counting(at.database))
        memory.add(max(peak.values(), default=0) / 1024)
    yield rate
    yield memory


def _counting(database: Database) -> float:
    """Events a second when one set-based statement counts them, straight from the log."""
    with plain(database) as conn:
        started = time.perf_counter()
        conn.execute(reference("count_by_member"))
        seconds = time.perf_counter() - started
        row = conn.execute(reference("counted")).fetchone()
        conn.execute(reference("forget_count"))
    return float(row[0]) / seconds if row else 0.0


@contextmanager
def _peak() -> Iterator[dict[int, int]]:
    """The most memory (kB) that each child process started in the block has had at once; read
    from /proc, so there is none on other systems than Linux."""
    peaks: dict[int, int] = {}
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            for children in Path("/proc/self/task").glob("*/children"):
                for pid in map(int, children.read_text().split()):
                    peaks[pid] = max(peaks.get(pid, 0), _high_water(pid))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peaks
    finally:
        stop.set()
        thread.join()


def _high_water(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
