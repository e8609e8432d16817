"""The counter: commands that are asked for at the same time are carried out together.

Nobody waits for company. Whoever comes while a place at the counter is free carries out what is
waiting, their own command first, and everybody gets their own end; while they are at it, the next
ones gather. Commands of a guild that somebody else is at, or of any guild when something in the
transaction raised, are carried out guild by guild, and when it raises again each by itself: so no
guild waits for another's lock, and nobody for another's mistake.
"""

import threading
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from bot import metrics
from bot.call import Command, End, Outcome
from bot.carry_out import carry_out
from events.engine.errors import Refused
from sql.errors import DatabaseUnreachable
from sql.pool import Database

T = TypeVar("T")

PLACES = 2
"""Transactions at a time; the work in them shares one Python anyway."""

TOGETHER = 32
"""Commands in one transaction at most."""


@dataclass(eq=False, slots=True)
class _Asked:
    """A command at the counter. ``batch`` is what its asker is to carry out when called, of one
    guild and waiting for it if ``patient``; ``end`` is how the command ended, None when it is left
    to its asker."""

    command: Command[Any]
    called: threading.Event = field(default_factory=threading.Event)
    batch: list["_Asked"] = field(default_factory=list)
    patient: bool = False
    end: End[Any] | DatabaseUnreachable | None = None


class Counter:
    """Where the commands for one database are brought."""

    def __init__(self) -> None:
        """Nobody is waiting."""
        self._apart = False
        """Whether no two guilds share a transaction."""
        self._lock = threading.Lock()
        self._waiting: list[_Asked] = []
        self._busy: set[int] = set()
        self._free = PLACES

    @property
    def waiting(self) -> int:
        """How many commands nobody is at yet."""
        return len(self._waiting)

    def serve(self, database: Database, command: Command[T]) -> Outcome[T]:
        """Carry out ``command``, with whatever else is waiting. Raises Refused with the member's
        sentence, and whatever keeps the transaction from committing."""
        self._apart = database.is_distributed
        asked = _Asked(command)
        with self._lock:
            self._waiting.append(asked)
            self._call_next()
        asked.called.wait()
        while asked.batch:
            batch, asked.batch = asked.batch, []
            self._carry_out(database, batch, wait=asked.patient)
        end = asked.end
        if end is None:
            end = carry_out(database, [command], wait=True)[command]
        if isinstance(end, Refused | DatabaseUnreachable):
            raise end
        return cast(Outcome[T], end)

    def _call_next(self) -> None:
        """Give a free place to the first who may have it, with what they are to carry out."""
        batch: list[_Asked] = []
        if self._free:
            ready = [one for one in self._waiting if one.command.guild_id not in self._busy]
            if self._apart:
                ready = [one for one in ready if one.command.guild_id == ready[0].command.guild_id]
            batch = ready[:TOGETHER]
        if not batch:
            return
        self._free -= 1
        self._busy |= {one.command.guild_id for one in batch}
        taken = set(batch)
        self._waiting = [one for one in self._waiting if one not in taken]
        batch[0].batch = batch
        batch[0].called.set()

    def _carry_out(self, database: Database, batch: list[_Asked], *, wait: bool) -> None:
        try:
            with metrics.timed(metrics.COMMAND_SECONDS):
                ends = carry_out(database, [one.command for one in batch], wait=wait)
            for one in batch:
                one.end = ends.get(one.command)
        except DatabaseUnreachable as error:
            for one in batch:
                one.end = error
        except Exception:  # whose fault it is, they find out without the others: nothing is done
            pass
        finally:
            if not wait:
                self._make_room(batch)
            for one in self._left_waiting(batch, wait):
                one.called.set()

    def _make_room(self, batch: list[_Asked]) -> None:
        with self._lock:
            self._free += 1
            self._busy -= {one.command.guild_id for one in batch}
            self._call_next()

    def _left_waiting(self, batch: list[_Asked], wait: bool) -> list[_Asked]:
        """Who of ``batch`` is to go on: all but those for whom the first asker of their guild will
        try again."""
        groups: dict[int, list[_Asked]] = {}
        for one in batch:
            if one.end is None and not wait:
                groups.setdefault(one.command.guild_id, []).append(one)
        for first, *_ in groups.values():
            first.batch, first.patient = groups[first.command.guild_id], True
        return [one for one in batch if one.end is not None or wait or one.patient]


_COUNTERS: WeakKeyDictionary[Database, Counter] = WeakKeyDictionary()
_OPENING = threading.Lock()


def counter_of(database: Database) -> Counter:
    """The counter of ``database``: there is one, whoever asks."""
    with _OPENING:
        return _COUNTERS.setdefault(database, Counter())
