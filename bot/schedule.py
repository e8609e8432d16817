"""Runs what is due: looked for every minute, decided under the guild's lock, recorded once.

``bot/due/`` has one flat module for each thing that happens by itself at a time (a season ends, a
trade expires, interest is paid); each declares ``DUE``. The keys of the events it decides on see
to it that any number of schedulers, or one that was away, does each thing once.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

import structlog

import bot.due
from bot.handle import Fact, act
from events.engine.errors import EventError
from events.engine.event import Event
from projections.engine.advance import ReadModelStopped
from projections.engine.each import each_guild
from sql.errors import DatabaseUnreachable
from sql.pool import ALL_GUILDS, Connection, Database

log = structlog.get_logger("tallystick.schedule")

Where = Callable[[Connection, datetime], Iterable[int]]
"""``(connection, now)``: the guilds in which something may be due; sees every guild."""

Decide = Callable[[Connection, int, datetime], Sequence[Event]]
"""``(connection, guild, now)``: what is due there, under the guild's lock."""


@dataclass(frozen=True, slots=True)
class Due:
    """A name (for the log), the read models that ``decide`` looks at, where to look, and what to
    do there. With ``again`` it is decided again, each time in a transaction of its own, until
    nothing more is due: for what may have been missed several times."""

    name: str
    reads: tuple[str, ...]
    where: Where
    decide: Decide
    again: bool = False


@cache
def all_due() -> tuple[Due, ...]:
    """Everything that happens by itself, found by walking ``bot/due``."""
    return tuple(
        importlib.import_module(f"bot.due.{info.name}").DUE
        for info in pkgutil.iter_modules(bot.due.__path__)
    )


def run_due(database: Database, now: datetime, due: Iterable[Due] | None = None) -> list[Fact]:
    """Do everything that is due at ``now`` in every guild; returns the facts that are new. What
    fails in one guild (a read model stands still, a bug), or with one thing, is logged and keeps no
    other waiting.

    Raises DatabaseUnreachable when the database is away.
    """
    facts: list[Fact] = []
    for one in all_due() if due is None else due:

        def work(guild_id: int, one: Due = one) -> int:
            new = run_in(database, guild_id, now, one)
            facts.extend(new)
            return len(new)

        try:
            with database.transaction(ALL_GUILDS) as conn:
                guilds = list(one.where(conn, now))
        except DatabaseUnreachable:
            raise
        except Exception:
            log.exception("due_failed", due=one.name)
        else:
            each_guild(database, guilds, work, partial(_failed, one))
    return facts


def _failed(due: Due, guild_id: int, error: Exception) -> None:
    """It is tried again in a minute, and the operator is told."""
    if isinstance(error, DatabaseUnreachable | ReadModelStopped):
        log.warning("due_waits", due=due.name, guild=guild_id, error=str(error).splitlines()[0])
    else:
        log.error("due_failed", due=due.name, guild=guild_id, exc_info=error)


def where_due(guilds: Iterable[int], is_due: Callable[[int], bool]) -> list[int]:
    """Those of ``guilds`` where something is due, for a :attr:`Due.where` that has to look into
    each. One that cannot be looked into (a rule there cannot be read) counts as due: what is wrong
    comes up again in its own turn, where it keeps no other waiting."""
    found = []
    for guild_id in guilds:
        try:
            due = is_due(guild_id)
        except EventError:
            due = True
        if due:
            found.append(guild_id)
    return found


def run_in(database: Database, guild_id: int, now: datetime, due: Due) -> list[Fact]:
    """The same for one thing in one guild."""
    facts: list[Fact] = []
    while new := _act(database, guild_id, now, due):
        facts += new
        if not due.again:
            break
    return facts


def _act(database: Database, guild_id: int, now: datetime, due: Due) -> list[Fact]:
    return act(
        database,
        guild_id,
        reads=due.reads,
        decide=lambda conn: due.decide(conn, guild_id, now),
    )
