"""One command, one transaction: lock, catch up, decide, append, fold, commit, then reply.

What was recorded is found again by the interaction's id, so the same interaction delivered twice
acts once and is answered the same way. How it is done is in ``bot/carry_out.py``; that commands
asked for at the same time share a transaction, in ``bot/counter.py``.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.call import Call, Command, Decide, Fact, Outcome, Show, Unrecorded
from bot.counter import counter_of
from events.engine.catalogue import decode
from events.engine.event import Event
from projections.engine.advance import PAGE, advance, catch_up
from projections.engine.read_model import read_models
from sql import lake
from sql.lake import Appended
from sql.pool import Connection, Database

__all__ = ["Call", "Fact", "Outcome", "Show", "Unrecorded", "act", "handle", "look_up", "recorded"]

T = TypeVar("T")


def handle(
    database: Database, call: Call, *, reads: Sequence[str], decide: Decide, show: Show[T]
) -> Outcome[T]:
    """Carry out one command. ``reads`` names the read models that ``decide`` and ``show`` look at;
    both get the transaction's connection.

    Raises Refused with the member's sentence (recorded, so that a second delivery is refused the
    same way), and whatever keeps the transaction from committing.
    """
    models = [read_models()[name] for name in reads]
    return counter_of(database).serve(database, Command(call, models, decide, show))


def recorded(conn: Connection, guild_id: int, source_id: str) -> Event | None:
    """The fact under this key, if it was recorded before."""
    row = lake.stored_under(conn, guild_id, source_id)
    return None if row is None else decode(row)


def look_up(
    database: Database, guild_id: int, *, reads: Sequence[str], show: Callable[[Connection], T]
) -> T:
    """Answer a question: bring ``reads`` up to date as far as nobody else is at it and a page
    goes, then read. Never waits for a worker, so it answers while a rebuild is under way."""
    models = [read_models()[name] for name in reads]
    with database.transaction(guild_id) as conn:
        advance(conn, guild_id, models, limit=PAGE)
        return show(conn)


def act(database: Database, guild_id: int, *, reads: Sequence[str], decide: Decide) -> list[Fact]:
    """What an automation or the scheduler does: like :func:`handle`, without an interaction. The
    keys of the events see to it that each is recorded once; returns those that are new."""
    models = [read_models()[name] for name in reads]
    with database.transaction(guild_id) as conn:
        lake.lock(conn, [guild_id])
        catch_up(conn, guild_id, models)
        events = decide(conn)
        results = lake.append(conn, events)
        return [
            Fact(result.position, event)
            for event, result in zip(events, results, strict=True)
            if isinstance(result, Appended)
        ]
