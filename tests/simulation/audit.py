"""What must be true of any database at rest, whatever happened on the way there."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.automation import automations
from events.engine.catalogue import StoredEvent, decode
from projections.engine.folding import fold_events
from projections.engine.read_model import Nothing, ReadModel, WorkingSet, read_models
from projections.engine.rebuild import verify
from projections.engine.rules import Rules
from sql import chain, checkpoints, lake, rows
from sql.pool import ALL_GUILDS, Database
from sql.reads import fetch
from sql.rows import Table
from tests.simulation.books import Books

LOOK_SECONDS = 0.3
PAGE = 1000


class NotAtRest(AssertionError):
    """The read models did not come to the head of the log in time."""


async def rest(database: Database, patience: float = 60.0, *others: str) -> None:
    """Wait until every read model and automation of every guild, and the checkpoints of these
    ``others``, are at the head of the log. Raises NotAtRest."""
    names = [*read_models(), *(automation.name for automation in automations()), *others]
    ends_at = time.monotonic() + patience
    while behind := await asyncio.to_thread(_behind, database, names):
        if time.monotonic() > ends_at:
            raise NotAtRest(f"still behind after {patience:.0f} s: {behind[:5]}")
        await asyncio.sleep(LOOK_SECONDS)


def books(database: Database) -> dict[int, Books]:
    """The books of every guild, kept a second time: raises AssertionError where, at any position,
    money was made or lost or somebody but the mint owes."""
    with database.transaction(ALL_GUILDS) as conn:
        heads = lake.heads(conn)
    found = {guild_id: Books() for guild_id in heads}
    for guild_id, own in found.items():
        while own.head < heads[guild_id]:
            with database.transaction(guild_id) as conn:
                own.read(lake.read(conn, guild_id, own.head, PAGE))
    return found


def faults(database: Database, *, rebuilding: bool = True) -> Iterator[str]:
    """What is wrong with a database at rest: the chain, what stands still, what a rebuild would
    make otherwise; not ``rebuilding``, what the plain fold of the log makes otherwise."""
    with database.transaction(ALL_GUILDS) as conn:
        heads = lake.heads(conn)
        for letter in checkpoints.dead_letters(conn):
            yield f"stopped: {letter}"
    for guild_id in heads:
        with database.transaction(guild_id) as conn:
            yield from (f"chain: {fault}" for fault in chain.faults(conn, guild_id))
    if rebuilding:
        report = verify(database.dsn, list(read_models().values()), processes=1)
        yield from (f"not as rebuilt: {difference}" for difference in report.differences)
    else:
        yield from (one for guild_id in heads for one in _not_as_folded(database, guild_id))


def live_rows(database: Database, guild_id: int) -> dict[str, list[Any]]:
    """Every row of every read model of a guild, whatever the kind of table."""
    found = {}
    with database.transaction(guild_id) as conn:
        for model in read_models().values():
            for table in model.tables:
                everything = Table(table.name, table.row, "state", key=table.key)
                found[table.name] = _sorted(
                    table, rows.load(conn, everything, guild_id, ()).values()
                )
    return found


def folded_rows(page: Sequence[StoredEvent]) -> dict[str, list[Any]]:
    """The same as the plain fold of a guild's log makes them: no database, no batches."""
    return {
        table.name: _sorted(table, to.rows(table))
        for model in read_models().values()
        for to in [in_memory(model, page)]
        for table in model.tables
    }


def in_memory(model: ReadModel, page: Sequence[StoredEvent]) -> WorkingSet:
    """The plain fold of one read model."""
    to = WorkingSet(page[0].guild_id, Rules(), Nothing())
    fold_events(model, [row.position for row in page], map(decode, page), to)
    return to


def _sorted(table: Table[Any], found: Iterable[Any]) -> list[Any]:
    return sorted(map(table.values, found), key=repr)


def _not_as_folded(database: Database, guild_id: int) -> Iterator[str]:
    with database.transaction(guild_id) as conn:
        page = lake.read(conn, guild_id, 0, PAGE * PAGE)
    live = live_rows(database, guild_id)
    for name, wanted in folded_rows(page).items():
        if live[name] != wanted:
            yield f"guild {guild_id}: {name} is {live[name]}, not {wanted}"


def wrong_balances(database: Database, own: dict[int, Books]) -> Iterator[str]:
    """Accounts that do not hold what the books say."""
    for guild_id, kept in own.items():
        with database.transaction(guild_id) as conn:
            sums = fetch(conn, "accounts", "sums", guild=guild_id)
            held = conn.execute("select account, currency, balance from accounts").fetchall()
        yield from (f"guild {guild_id}: {row}" for row in sums if row["sum"])
        live = {(account, currency): balance for account, currency, balance in held}
        if live != kept.all_held():
            yield f"guild {guild_id} holds {live}, the books say {kept.all_held()}"


def _behind(database: Database, names: list[str]) -> list[checkpoints.Lag]:
    with database.transaction(ALL_GUILDS) as conn:
        places = checkpoints.lag(conn, names)
    return [place for place in places if place.lag and not place.stopped]
