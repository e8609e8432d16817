"""Runs automations: each follows the log of each guild behind a checkpoint of its own.

The checkpoint moves in the transaction that appends what follows, so nothing is acted on twice;
and should it be, the keys of the events make the second time a duplicate.

What goes wrong in one guild keeps no other waiting, and skips nothing. While a read model that an
automation looks at stands still there, the automation waits where it is. One that fails itself is
stopped there, like a read model whose fold fails, until an operator lets it go on.
"""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import structlog

import bot.automations
from events.engine.event import Event
from projections.engine.advance import PAGE, ReadModelStopped, advance, approach, catch_up, stop
from projections.engine.each import each_guild
from projections.engine.read_model import read_models
from sql import checkpoints, lake
from sql.errors import DatabaseError
from sql.pool import ALL_GUILDS, Connection, Database

log = structlog.get_logger("tallystick.automation")

GUILDS_AT_A_TIME = 100

Follow = Callable[[Connection, int, int, int], Sequence[Event]]
"""``(connection, guild, after, up_to)``: what follows from the events at those positions."""


@dataclass(frozen=True, slots=True)
class Automation:
    """A name (of its checkpoint), the read models it looks at, and what follows from events."""

    name: str
    reads: tuple[str, ...]
    follow: Follow
    whole: bool = False
    """Take all that is new at once, instead of some pages: for what compares the state of the read
    models, which is that at the head, with the events that led there."""
    prepare: Callable[[Database, int], None] | None = None
    """What takes long and looks at nothing but the past: done before the guild is locked."""


@cache
def automations() -> tuple[Automation, ...]:
    """Every automation, found by walking ``bot/automations``."""
    return tuple(
        importlib.import_module(f"bot.automations.{info.name}").AUTOMATION
        for info in pkgutil.iter_modules(bot.automations.__path__)
    )


def run_once(database: Database) -> int:
    """One round over every automation and guild that is behind; how many events were recorded."""
    recorded = 0
    for automation in automations():
        with database.transaction(ALL_GUILDS) as conn:
            behind = _behind(conn, automation, GUILDS_AT_A_TIME)
        recorded += each_guild(
            database,
            behind,
            partial(_follow, database, automation),
            partial(_failed, database, automation),
        )
    return recorded


def _behind(conn: Connection, automation: Automation, limit: int) -> list[int]:
    reads = {name: read_models()[name].build for name in automation.reads}
    return checkpoints.lagging(conn, [automation.name], limit, reads=reads)


def drain(database: Database) -> int:
    """Run until no automation is behind; how many events were recorded."""
    total = 0
    while _is_behind(database):
        total += run_once(database)
    return total


def _is_behind(database: Database) -> bool:
    with database.transaction(ALL_GUILDS) as conn:
        return any(_behind(conn, automation, 1) for automation in automations())


def _follow(database: Database, automation: Automation, guild_id: int) -> int:
    """Take one page of a guild's log: lock, catch up, append what follows, move on."""
    models = [read_models()[name] for name in automation.reads]
    if automation.prepare is not None:
        automation.prepare(database, guild_id)
    approach(database, guild_id, models)
    with database.transaction(guild_id) as conn:
        head = lake.lock(conn, [guild_id])[guild_id].head
        taken = checkpoints.take(conn, guild_id, [automation.name], wait=False)
        if not taken or taken[0].position >= head:
            return 0
        after = taken[0].position
        catch_up(conn, guild_id, models)
        up_to = head if automation.whole else min(head, after + 10 * PAGE)
        following = automation.follow(conn, guild_id, after, up_to)
        known = lake.positions_of(conn, guild_id, [event.source_id for event in following])
        fresh = [event for event in following if event.source_id not in known]
        lake.append(conn, fresh)
        checkpoints.advance(conn, {(guild_id, automation.name): up_to})
        return len(fresh)


def _failed(database: Database, automation: Automation, guild_id: int, error: Exception) -> None:
    """In one guild it cannot go on. What passes by itself is tried again in the next round."""
    match error:
        case DatabaseError():
            log.warning("automation_waits", automation=automation.name, guild=guild_id)
        case ReadModelStopped():  # found in a transaction that is no more: stopped for good here
            models = [read_models()[name] for name in automation.reads]
            with database.transaction(guild_id) as conn:
                advance(conn, guild_id, models)
        case _:
            with database.transaction(guild_id) as conn:
                for place in checkpoints.take(conn, guild_id, [automation.name], wait=False):
                    first = place.position + 1
                    stop(conn, guild_id, automation.name, first, error)
            log.error(
                "automation_stopped", automation=automation.name, guild=guild_id, exc_info=error
            )
