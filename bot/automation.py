"""Runs automations: each follows the log of each guild behind a checkpoint of its own.

The checkpoint moves in the transaction that appends what follows, so nothing is acted on twice;
and should it be, the keys of the events make the second time a duplicate.
"""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import bot.automations
from events.engine.event import Event
from projections.engine.advance import PAGE, catch_up
from projections.engine.read_model import read_models
from sql import checkpoints, lake
from sql.pool import ALL_GUILDS, Connection, Database

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
            behind = checkpoints.lagging(conn, [automation.name], GUILDS_AT_A_TIME)
        for guild_id in behind:
            recorded += _follow(database, automation, guild_id)
    return recorded


def drain(database: Database) -> int:
    """Run until no automation is behind; how many events were recorded."""
    total = 0
    while _is_behind(database):
        total += run_once(database)
    return total


def _is_behind(database: Database) -> bool:
    with database.transaction(ALL_GUILDS) as conn:
        return bool(checkpoints.lagging(conn, [a.name for a in automations()], 1))


def _follow(database: Database, automation: Automation, guild_id: int) -> int:
    """Take one page of a guild's log: lock, catch up, append what follows, move on."""
    models = [read_models()[name] for name in automation.reads]
    if automation.prepare is not None:
        automation.prepare(database, guild_id)
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
