"""Builds a read model's tables aside, from the log alone, guild by guild in parallel processes.

Shared by ``rebuild`` (swap them in) and ``verify`` (compare and throw away). Each guild is folded
wholly in memory, journals are streamed out on the way, and tables get their keys afterwards.
"""

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from functools import lru_cache
from multiprocessing import get_context
from typing import Any

from events.engine.catalogue import StoredEvent, decode
from events.engine.errors import TallystickError
from events.engine.event import RULE_PREFIX, Event
from projections.engine.read_model import Nothing, ReadModel, WorkingSet, read_models
from projections.engine.rules import Rules
from sql import lake, rows
from sql import read_models as tables
from sql.migrate import connect
from sql.pool import OWNER_ROLE, Connection, Database
from sql.read_models import REBUILD

READ_PAGE = 2000
FLUSH_LINES = 20_000
"""Journal lines held in memory before they are streamed out."""

Progress = Callable[[int], None]
"""Told how many more events have been folded."""


class FoldFailed(TallystickError):
    """A fold cannot take an event in, so its read model cannot be built from the log."""


def build_aside(
    dsn: str,
    models: Sequence[ReadModel],
    heads: Mapping[int, int],
    *,
    processes: int | None = None,
    progress: Progress | None = None,
) -> None:
    """Fill the tables of ``models`` in the schema ``rebuild``, each guild up to ``heads``."""
    with connect(dsn) as conn:
        for model in models:
            tables.make_aside(conn, model.name, model.tables)
    for folded in _fold_guilds(dsn, [m.name for m in models], heads, processes):
        if progress is not None:
            progress(folded)
    with connect(dsn) as conn:
        for model in models:
            tables.finish_aside(conn, model.name, model.tables)


def drop_aside(dsn: str, models: Iterable[ReadModel]) -> None:
    """Throw away what was built aside."""
    with connect(dsn) as conn, tables.as_owner(conn):
        for model in models:
            tables.drop_aside(conn, model.tables)


def _fold_guilds(
    dsn: str, names: list[str], heads: Mapping[int, int], processes: int | None
) -> Iterator[int]:
    """Fold every guild, the largest first; yields event counts as guilds are finished."""
    work = sorted(heads.items(), key=lambda item: -item[1])
    count = min(processes or os.cpu_count() or 1, len(work))
    if count <= 1:
        with _database(dsn) as database:
            for guild_id, head in work:
                yield _fold_guild(database, names, guild_id, head)
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


def _in_child(dsn: str, names: list[str], guild_id: int, head: int) -> int:
    return _fold_guild(_kept(dsn), names, guild_id, head)


def _fold_guild(database: Database, names: list[str], guild_id: int, head: int) -> int:
    """Fold one guild from its first event to ``head`` into the tables aside; the number of
    events."""
    models = [read_models()[name] for name in names]
    gc.collect()
    gc.disable()
    try:
        return _Replay(database, models, guild_id).run(head)
    finally:
        gc.enable()


class _Replay:
    """One guild's replay: a working set for each read model, written out as it grows."""

    def __init__(self, database: Database, models: Sequence[ReadModel], guild_id: int) -> None:
        self._database = database
        self._models = models
        self._guild_id = guild_id
        self._rules = Rules()
        self._sets = {m.name: WorkingSet(guild_id, self._rules, Nothing()) for m in models}

    def run(self, head: int) -> int:
        folded = 0
        with self._database.transaction(self._guild_id) as conn:
            for page in _pages(self._database, self._guild_id, head):
                self._fold(page)
                folded += len(page)
                self._flush(conn)
            self._finish(conn)
        return folded

    def _fold(self, page: Sequence[StoredEvent]) -> None:
        handlers = _handlers(self._models, self._sets)
        for row in page:
            event = decode(row)
            if row.source_id.startswith(RULE_PREFIX):
                self._rules.apply(event)
            for fold, to in handlers.get(type(event), ()):
                to.position = row.position
                try:
                    fold(event, to)
                except Exception as error:
                    raise FoldFailed(
                        f"{fold.__module__} cannot fold event {row.position} of guild "
                        f"{row.guild_id} ({type(error).__name__}: {error}). The live tables are "
                        f"untouched. See it: python -m bot log show {row.guild_id} {row.position}"
                    ) from error

    def _flush(self, conn: Connection) -> None:
        for model in self._models:
            to = self._sets[model.name]
            if to.pending_lines() >= FLUSH_LINES:
                journals = [t for t in model.tables if t.kind == "journal"]
                self._copy(conn, to, journals)
                to.written(journals)

    def _finish(self, conn: Connection) -> None:
        for model in self._models:
            self._copy(conn, self._sets[model.name], model.tables)

    def _copy(self, conn: Connection, to: WorkingSet, wanted: Iterable[Any]) -> None:
        for table in wanted:
            if pending := to.rows(table):
                rows.copy(conn, table, self._guild_id, pending, REBUILD)


def _handlers(
    models: Sequence[ReadModel], sets: Mapping[str, WorkingSet]
) -> dict[type[Event], list[tuple[Any, WorkingSet]]]:
    """For each event type, the folds that want it, with their working sets."""
    found: dict[type[Event], list[tuple[Any, WorkingSet]]] = {}
    for model in models:
        for cls, fold in model.handles.items():
            found.setdefault(cls, []).append((fold, sets[model.name]))
    return found


def _pages(database: Database, guild_id: int, head: int) -> Iterator[list[StoredEvent]]:
    after = 0
    while after < head:
        with database.transaction(guild_id) as conn:
            page = lake.read(conn, guild_id, after, READ_PAGE, up_to=head)
        if not page:
            return
        yield page
        after = page[-1].position
