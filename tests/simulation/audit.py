"""What must be true of any database at rest, whatever happened on the way there."""

import asyncio
import time
from collections.abc import Iterator

from projections.engine.read_model import read_models
from projections.engine.rebuild import verify
from sql import chain, checkpoints, lake
from sql.pool import ALL_GUILDS, Database
from sql.reads import fetch
from tests.simulation.books import Books

LOOK_SECONDS = 0.1
PAGE = 1000


class NotAtRest(AssertionError):
    """The read models did not come to the head of the log in time."""


async def rest(database: Database, patience: float = 60.0) -> None:
    """Wait until every read model of every guild is at the head of its log. Raises NotAtRest."""
    ends_at = time.monotonic() + patience
    while behind := await asyncio.to_thread(_behind, database):
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


def faults(database: Database) -> Iterator[str]:
    """What is wrong with a database at rest: the chain, what stands still, what a rebuild would
    make otherwise."""
    with database.transaction(ALL_GUILDS) as conn:
        heads = lake.heads(conn)
        for letter in checkpoints.dead_letters(conn):
            yield f"stopped: {letter}"
    for guild_id in heads:
        with database.transaction(guild_id) as conn:
            yield from (f"chain: {fault}" for fault in chain.faults(conn, guild_id))
    report = verify(database.dsn, list(read_models().values()), processes=1)
    yield from (f"not as rebuilt: {difference}" for difference in report.differences)


def wrong_balances(database: Database, own: dict[int, Books]) -> Iterator[str]:
    """Accounts that do not hold what the books say."""
    for guild_id, kept in own.items():
        with database.transaction(guild_id) as conn:
            sums = fetch(conn, "accounts", "sums", guild=guild_id)
            rows = conn.execute("select account, currency, balance from accounts").fetchall()
        yield from (f"guild {guild_id}: {row}" for row in sums if row["sum"])
        live = {(account, currency): balance for account, currency, balance in rows}
        if live != kept.all_held():
            yield f"guild {guild_id} holds {live}, the books say {kept.all_held()}"


def _behind(database: Database) -> list[checkpoints.Lag]:
    with database.transaction(ALL_GUILDS) as conn:
        places = checkpoints.lag(conn, list(read_models()))
    return [place for place in places if place.lag and not place.stopped]
