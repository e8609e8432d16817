"""Builds a read model's tables aside, from the log alone, guild by guild in parallel processes.

Shared by ``rebuild`` (swap them in) and ``verify`` (compare and throw away). Each guild is folded
wholly in memory, journals are streamed out on the way, and tables get their keys afterwards.

A read model that cannot take in an event of a guild is built there up to the event before it; the
others, and the same in other guilds, are built to the end. Who asked is told where and why.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from functools import lru_cache
from multiprocessing import get_context

from projections.engine.read_model import ReadModel
from projections.engine.replay import Replayed, Unbuilt, replay
from sql import read_models as tables
from sql.migrate import connect
from sql.pool import OWNER_ROLE, Database

Progress = Callable[[int], None]
"""Told how many more events have been folded."""


def build_aside(
    dsn: str,
    models: Sequence[ReadModel],
    heads: Mapping[int, int],
    *,
    processes: int | None = None,
    progress: Progress | None = None,
) -> list[Unbuilt]:
    """Fill the tables of ``models`` in the schema ``rebuild``, each guild up to ``heads``; returns
    what could not be built as far as that."""
    with connect(dsn) as conn:
        for model in models:
            tables.make_aside(conn, model.name, model.tables)
    unbuilt: list[Unbuilt] = []
    for folded, left in _fold_guilds(dsn, [m.name for m in models], heads, processes):
        unbuilt += left
        if progress is not None:
            progress(folded)
    with connect(dsn) as conn:
        for model in models:
            tables.finish_aside(conn, model.name, model.tables)
    return unbuilt


def drop_aside(dsn: str, models: Iterable[ReadModel]) -> None:
    """Throw away what was built aside."""
    with connect(dsn) as conn, tables.as_owner(conn):
        for model in models:
            tables.drop_aside(conn, model.tables)


def _fold_guilds(
    dsn: str, names: list[str], heads: Mapping[int, int], processes: int | None
) -> Iterator[Replayed]:
    """Fold every guild, the largest first; tells of guilds as they are finished."""
    work = sorted(heads.items(), key=lambda item: -item[1])
    count = min(processes or os.cpu_count() or 1, len(work))
    if count <= 1:
        with _database(dsn) as database:
            for guild_id, head in work:
                yield replay(database, names, guild_id, head)
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        pending = {pool.submit(_in_child, dsn, names, guild, head) for guild, head in work}
        try:
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _database(dsn: str) -> Database:
    return Database(dsn, role=OWNER_ROLE, max_size=2)


_kept = lru_cache(maxsize=1)(_database)
"""A child process's connections, from guild to guild; they end with the process."""


def _in_child(dsn: str, names: list[str], guild_id: int, head: int) -> Replayed:
    return replay(_kept(dsn), names, guild_id, head)
