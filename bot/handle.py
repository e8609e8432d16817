"""One command, one transaction: lock, catch up, decide, append, fold, commit, then reply.

What was recorded is found again by the interaction's id, so the same interaction delivered twice
acts once and is answered the same way. How it is done is in ``bot/carry_out.py``; that commands
asked for at the same time share a transaction, in ``bot/counter.py``.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot import old_numbers, tracing
from bot.call import Call, Command, Decide, Fact, Outcome, Show, Unrecorded
from bot.counter import Counter, counter_of
from events.engine.catalogue import decode
from events.engine.event import Event
from events.interactions import InteractionUsed
from projections.engine.advance import approach, catch_up, refresh
from projections.engine.read_model import read_models
from sql import lake
from sql.errors import ConnectionBroke, DatabaseUnreachable
from sql.lake import Appended
from sql.pool import Connection, Database

__all__ = [
    "Call",
    "Fact",
    "Outcome",
    "Show",
    "Unrecorded",
    "act",
    "handle",
    "is_recorded",
    "look_up",
    "recorded",
    "was_done",
]

T = TypeVar("T")

ATTEMPTS = 3
"""How often a command is tried whose connection is lost: others who share it may lose it too."""


def handle(
    database: Database, call: Call, *, reads: Sequence[str], decide: Decide, show: Show[T]
) -> Outcome[T]:
    """Carry out one command. ``reads`` names the read models that ``decide`` and ``show`` look at;
    both get the transaction's connection.

    When the connection is lost on the way it is done over: what the lost one committed is found
    by the interaction's id and answered from, so a member is never told less than what was done.

    Raises Refused with the member's sentence (recorded, so that a second delivery is refused the
    same way), and whatever keeps the transaction from committing.
    """
    models = [read_models()[name] for name in reads]
    command = Command(call, models, decide, show)
    broke: ConnectionBroke | None = None
    for _ in range(ATTEMPTS):
        try:
            return _serve(counter_of(database), database, command)
        except ConnectionBroke as error:
            broke = error if broke is None or error.unsure else broke
        except DatabaseUnreachable as error:  # an earlier attempt may have been committed
            raise broke or error from None
    assert broke is not None
    raise broke


def _serve(counter: Counter, database: Database, command: Command[T]) -> Outcome[T]:
    with tracing.decided() as told:
        outcome = counter.serve(database, command)
        told([fact.event for fact in outcome.facts])
    return outcome


def was_done(database: Database, call: Call) -> bool:
    """Whether this interaction has been carried out, whatever its member has been told."""
    guild_id = call.asked.guild_id
    with database.transaction(guild_id) as conn:
        used = recorded(conn, guild_id, call.asked.source_id(InteractionUsed.event_type))
    return isinstance(used, InteractionUsed) and bool(used.caused)


def recorded(conn: Connection, guild_id: int, source_id: str) -> Event | None:
    """The fact under this key, if it was recorded before."""
    row = lake.stored_under(conn, guild_id, source_id)
    return None if row is None else decode(row)


def is_recorded(conn: Connection, guild_id: int, source_id: str) -> bool:
    """Whether there is a fact under this key, be it one that this code can read or not."""
    return lake.stored_under(conn, guild_id, source_id) is not None


def look_up(
    database: Database, guild_id: int, *, reads: Sequence[str], show: Callable[[Connection], T]
) -> T:
    """Answer a question: bring ``reads`` up to date as far as nobody else is at it and a page
    goes, then read. Never waits for a worker, so it answers while a rebuild is under way. When the
    connection is lost on the way, it is asked again."""
    try:
        return _look_up(database, guild_id, reads, show)
    except ConnectionBroke:
        return _look_up(database, guild_id, reads, show)


def _look_up(
    database: Database, guild_id: int, reads: Sequence[str], show: Callable[[Connection], T]
) -> T:
    models = [read_models()[name] for name in reads]
    with database.transaction(guild_id) as conn:
        old_numbers.notice(conn, refresh(conn, guild_id, models))
        return show(conn)


def act(database: Database, guild_id: int, *, reads: Sequence[str], decide: Decide) -> list[Fact]:
    """What an automation or the scheduler does: like :func:`handle`, without an interaction. The
    keys of the events see to it that each is recorded once; returns those that are new."""
    models = [read_models()[name] for name in reads]
    approach(database, guild_id, models)
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
