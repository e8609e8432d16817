"""The stage: a server in a temporary folder, databases with as much history as a figure needs."""

import gc
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from bot.background import Background
from bot.crowd import Crowd
from projections.engine.read_model import read_models
from sql import checkpoints, embedded, lake
from sql.migrate import connect
from sql.pool import ALL_GUILDS, Connection, Database
from sql.statements import query
from tests.benchmarks.history import Draft, History, guilds, mixed, shares
from tests.support import postgres

_FILE = str(Path(__file__).with_name("reference.sql"))
_PAGE = 1000


@dataclass(slots=True)
class Stage:
    """Where the figures are measured, and how thoroughly."""

    server: embedded.Server
    events: int
    """How long the long history is."""
    rounds: int
    shorter: int = 1
    """By how much every other amount of work is divided."""
    _long: "Prepared | None" = None
    _kept: ExitStack = field(default_factory=ExitStack)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A fresh, migrated, empty database."""
        with postgres.fresh(self.server) as url, Database(url) as opened:
            yield opened

    @contextmanager
    def prepared(self, events: int, count: int) -> Iterator["Prepared"]:
        """A database in which ``count`` guilds have ``events`` in the log, not yet folded."""
        with self.database() as opened:
            histories = guilds(count)
            fill(opened, histories, events)
            yield Prepared(opened, histories)

    def long(self) -> "Prepared":
        """The database with the long history of 50 guilds: made once, kept for whoever is next."""
        if self._long is None:
            self._long = self._kept.enter_context(self.prepared(self.events, 50))
        return self._long

    def close(self) -> None:
        """Drop the database with the long history."""
        self._kept.close()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A database and the guilds in it, who can go on telling."""

    database: Database
    histories: list[History]

    def more(self, count: int, *, seed: int = 1) -> list[Draft]:
        """What happens next, in all guilds."""
        return list(mixed(self.histories, count, seed=seed))


def reference(name: str) -> bytes:
    """A statement of plain SQL to measure against."""
    return query(_FILE, name)


def append(database: Database, drafts: Iterable[Draft]) -> None:
    """Append ``drafts`` by the way of the lake, a thousand at a time."""
    left = iter(drafts)
    while events := [cls(**fields) for cls, fields in islice(left, _PAGE)]:
        with database.transaction(*{e.guild_id for e in events}) as conn:
            lake.append(conn, events)


def fill(database: Database, histories: list[History], total: int) -> None:
    """Let ``histories`` tell ``total`` events, one guild after the other."""
    for history, size in zip(histories, shares(total, len(histories)), strict=True):
        append(database, history.take(size))
    with connect(database.dsn) as conn:
        conn.execute("vacuum analyze")


@contextmanager
def prepared_aside() -> Iterator[None]:
    """The drafts made so far are no work of the program's own, so its garbage collector shall not
    look through them again and again while it is measured."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def is_behind(database: Database) -> bool:
    """Whether some read model of some guild is behind."""
    with database.transaction(ALL_GUILDS) as conn:
        return bool(checkpoints.lagging(conn, list(read_models()), 1))


@contextmanager
def live_workers(database: Database, crowd: Crowd | None = None) -> Iterator[None]:
    """The workers, as they run in the bot beside a crowd of commands."""
    background = Background(database, with_worker=True, with_scheduler=False, crowd=crowd)
    background.start()
    try:
        yield
    finally:
        background.stop()


@contextmanager
def worker_process(database: Database) -> Iterator[None]:
    """The worker in a process of its own, as ``compose.yaml`` starts it."""
    command = [sys.executable, "-m", "bot", "run", "--only", "worker"]
    environment = {**os.environ, "DATABASE_URL": database.dsn}
    with subprocess.Popen(command, env=environment) as process:
        time.sleep(3)
        try:
            yield
            assert process.poll() is None, "the worker did not stay"
        finally:
            process.terminate()


def until_visible(database: Database) -> None:
    """Wait until every read model has taken in everything."""
    while is_behind(database):
        time.sleep(0.005)


@contextmanager
def plain(database: Database) -> Iterator[Connection]:
    """A connection for plain SQL, past row-level security, prepared from the first time on."""
    with connect(database.dsn) as conn:
        conn.prepare_threshold = 0
        conn.execute(reference("make_room"))
        yield conn
