"""The spool: steps that wait on this machine's disk while the database is away.

A SQLite file with a write-ahead log that is synced at each commit: what :meth:`Spool.append` has
taken survives a kill and a power cut. Strictly first in, first out; a page of steps is one
transaction. Each file belongs to one process at a time, which holds a lock beside it for as long
as it lives; a file whose process is dead is taken over by another one that has the same folder.

When the file has grown to its limit, or the disk is full, :class:`SpoolFull` is raised and nothing
is taken; what that means for what comes in is in ``bot/gateway/README.md``.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Final, Self

import structlog

from bot.gateway.packing import Unreadable, pack, unpack
from bot.gateway.reserve import Reserve
from bot.gateway.steps import Step
from events.engine.errors import TallystickError
from events.engine.snowflake import from_ms, to_ms
from sql.statements import query

LIMIT: Final = 1024 * 1024 * 1024
"""Bytes of steps that a spool takes; over two million of them."""
IN_MEMORY: Final = Path(":memory:")

_FILE = str(Path(__file__).with_suffix(".sql"))
log = structlog.get_logger("tallystick.spool")


class SpoolError(TallystickError):
    """A spool file cannot be used. The text says which and why."""


class SpoolTaken(SpoolError):
    """A running process has this spool."""


class SpoolBroken(SpoolError):
    """The file is no spool, or no longer one."""


class SpoolFull(SpoolError):
    """The spool is at its limit, or the disk is full: nothing was written."""


_ERRORS: Final = {
    sqlite3.SQLITE_FULL: SpoolFull,
    sqlite3.SQLITE_IOERR: SpoolFull,
    sqlite3.SQLITE_CORRUPT: SpoolBroken,
    sqlite3.SQLITE_NOTADB: SpoolBroken,
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One step in the spool."""

    number: int
    step: Step


@dataclass(frozen=True, slots=True)
class Status:
    """What waits in a spool: steps, their bytes, since when the oldest waits (None: nothing
    does), and how many steps of another release were set aside."""

    depth: int
    size: int
    oldest: datetime | None
    aside: int


class Spool:
    """One spool file. Not for use by two threads at once; any thread may."""

    def __init__(self, path: Path = IN_MEMORY, *, limit: int = LIMIT) -> None:
        """Open the file, made if need be; without a path it is a spool in memory, for those who
        capture for a moment only. ``limit`` is in bytes of steps.

        Raises SpoolTaken when a running process has it, SpoolBroken when it is no spool, and
        SpoolError when it cannot be used for another reason.
        """
        self.path = path
        self._limit = limit
        self._lock = None if path == IN_MEMORY else _locked(path)
        self._reserve = None if path == IN_MEMORY else Reserve(path.with_suffix(".reserve"))
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            with self._asked():
                for statement in ("durable", "synchronous", "create", "create_aside"):
                    self._run(statement)
            with self._transaction():
                self._run("put_back")
                self._run("empty_aside")
            self.depth, self.size, self._oldest = self._run("measure").fetchone()
            self._hold_reserve()
        except SpoolError:
            self.close()
            raise

    @property
    def oldest(self) -> datetime | None:
        """Since when the oldest step waits; None when nothing does."""
        return from_ms(self._oldest) if self.depth else None

    def append(self, steps: Iterable[Step], now: datetime) -> None:
        """Put ``steps`` behind all others; on return they are on disk. Raises SpoolFull."""
        packed = [(*pack(step), to_ms(now)) for step in steps]
        size = _size(packed)
        if self.size + size > self._limit:
            raise SpoolFull(f"The spool {self.path} is at its limit of {self._limit} bytes.")
        with self._transaction():
            self._db.executemany(_text("append"), packed)
        if not self.depth:
            self._oldest = to_ms(now)
        self.depth += len(packed)
        self.size += size

    def head(self, most: int) -> list[Kept]:
        """The oldest steps, at most so many. One that this code cannot read is set aside, loudly.

        Raises SpoolFull when there is no room to do so.
        """
        kept: list[Kept] = []
        for number, *packed in self._run("head", most).fetchall():
            try:
                kept.append(Kept(number, unpack(*packed)))
            except Unreadable as error:
                log.error("spooled_step_unreadable", number=number, problem=str(error))
                self._set_aside(number, _size([packed]))
        return kept

    def replace(self, steps: Iterable[Kept]) -> None:
        """Write what these steps have become over what they were. Raises SpoolFull."""
        packed = [(kept.number, *pack(kept.step)) for kept in steps]

        def write() -> None:
            for number, kind, version, body in packed:
                self._run("replace", kind, version, body, number)

        self._in_any_room(write)

    def remove(self, last: int) -> None:
        """These steps, from the oldest to number ``last``, have come to their end.

        Raises SpoolFull when there is no room to write even that.
        """
        gone, size, _ = self._run("measure_to", last).fetchone()
        self._in_any_room(lambda: self._run("remove", last))
        self._shrunk(gone, size)
        if not self.depth:
            with self._asked():
                self._run("shrink")
                self._run("truncate")
            self._hold_reserve()

    def close(self) -> None:
        """Let go of the file; what waits stays in it."""
        self._db.close()
        self._release()

    def __enter__(self) -> Self:
        """The spool; closed at the end of the block."""
        return self

    def __exit__(self, *_: Any) -> None:
        """Close it."""
        self.close()

    def _set_aside(self, number: int, size: int) -> None:
        with self._transaction():
            self._run("set_aside", number)
            self._run("remove_one", number)
        self._shrunk(1, size)

    def _shrunk(self, gone: int, size: int) -> None:
        self.depth -= gone
        self.size -= size
        oldest = self._run("oldest").fetchone()
        self._oldest = oldest and oldest[0]

    def _run(self, name: str, *values: Any) -> sqlite3.Cursor:
        return self._db.execute(_text(name), values)

    def _in_any_room(self, write: Callable[[], object]) -> None:
        """Do what makes room in the end, if need be with the room that was kept for it."""
        try:
            with self._transaction():
                write()
        except SpoolFull:
            if self._reserve is None or not self._reserve.release():
                raise
            log.warning("spool_reserve_used", path=str(self.path))
            with self._transaction():
                write()

    def _hold_reserve(self) -> None:
        if self._reserve is not None:
            self._reserve.hold()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._asked():
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """SQLite's errors as ours."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            kind = _ERRORS.get(code, SpoolError)
            raise kind(f"The spool {self.path} cannot be used: {error}.") from error

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)


def open_spool(folder: Path, *, limit: int = LIMIT) -> Spool:
    """A spool of this process's own in ``folder``: the first that no other process has. A broken
    one is left where it is, loudly. Raises SpoolError when there can be none."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SpoolError(f"There can be no spool in {folder}: {error.strerror}.") from error
    for number in count():
        try:
            return Spool(folder / f"capture-{number}.sqlite", limit=limit)
        except SpoolTaken:
            continue
        except SpoolBroken as error:
            log.error("spool_broken", problem=str(error))
    raise AssertionError("unreachable")


def files(folder: Path) -> list[Path]:
    """The spool files in ``folder``."""
    return sorted(folder.glob("capture-*.sqlite"))


def orphans(folder: Path, *, again: bool = True) -> list[Spool]:
    """The spools in ``folder`` in which something waits and that no process has; unless they are
    looked at ``again``, what was set aside in them does not count."""
    found = []
    for path in files(folder):
        with suppress(SpoolTaken, SpoolBroken):
            if not again and (is_taken(path) or not look(path).depth):
                continue
            spool = Spool(path)
            if spool.depth:
                found.append(spool)
            else:
                spool.close()
    return found


def is_taken(path: Path) -> bool:
    """Whether a running process has this spool."""
    try:
        os.close(_locked(path))
    except SpoolTaken:
        return True
    return False


def look(path: Path) -> Status:
    """What waits in a spool, whoever has it. Raises SpoolError."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        try:
            depth, size, oldest = db.execute(_text("measure")).fetchone()
            (aside,) = db.execute(_text("count_aside")).fetchone()
        except sqlite3.Error as error:
            raise SpoolError(f"The spool {path} cannot be read: {error}.") from error
    return Status(depth, size, None if oldest is None else from_ms(oldest), aside)


def _locked(path: Path) -> int:
    """Hold the lock beside ``path``; the system lets go of it when the process ends."""
    try:
        lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SpoolError(f"The spool {path} cannot be locked: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise SpoolTaken(f"A running process has the spool {path}.") from error
    return lock


def _text(name: str) -> str:
    return query(_FILE, name).decode()


def _size(packed: Iterable[Sequence[Any]]) -> int:
    return sum(len(body) for _, _, body, *_ in packed)
