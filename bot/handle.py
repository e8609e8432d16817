"""One command, one transaction: lock, catch up, decide, append, fold, commit, then reply.

``handle`` holds the guild's stream from the first read to the last write, so commands of a guild
are serial: a balance that was read cannot change before it is spent. What was recorded is found
again by the interaction's id, so the same interaction delivered twice acts once and is answered
the same way.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from events.decisions.asked import Asked
from events.engine.catalogue import decode
from events.engine.errors import Refused, TallystickError
from events.engine.event import Event
from events.interactions import InteractionUsed, Kind, OptionValue
from events.interactions import Outcome as Ended
from projections.engine.advance import PAGE, advance, catch_up
from projections.engine.read_model import read_models
from sql import lake
from sql.lake import Appended, Conflict
from sql.pool import Connection, Database

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """An interaction as the program sees it: who asked, what, and when it came in."""

    asked: Asked
    kind: Kind
    name: str
    options: dict[str, OptionValue] = field(default_factory=dict)
    arrived: float = field(default_factory=time.monotonic)

    def used(
        self, *, refusal: str | None = None, failed: bool = False, caused: Sequence[Event] = ()
    ) -> InteractionUsed:
        """The fact that this interaction was used and how it ended."""
        ended: Ended = "error" if failed else "refused" if refusal is not None else "ok"
        return InteractionUsed(
            guild_id=self.asked.guild_id,
            source_id=self.asked.source_id(InteractionUsed.event_type),
            user_id=self.asked.user_id,
            channel_id=self.asked.channel_id,
            occurred_at=self.asked.at,
            interaction_id=self.asked.interaction_id,
            kind=self.kind,
            name=self.name,
            options=self.options,
            outcome=ended,
            refusal=refusal,
            caused=[event.source_id for event in caused],
            duration_ms=max(0, round((time.monotonic() - self.arrived) * 1000)),
        )


@dataclass(frozen=True, slots=True)
class Fact:
    """A recorded event and its position in the guild's stream."""

    position: int
    event: Event


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a command came to: the facts, and what the reply shows of the state right after."""

    facts: list[Fact]
    shown: T
    position: int


class Unrecorded(TallystickError):
    """A fact collided with another one under its key: nothing was changed."""


Decide = Callable[[Connection], Sequence[Event]]
Show = Callable[[Connection, list[Fact]], T]


def handle(
    database: Database, call: Call, *, reads: Sequence[str], decide: Decide, show: Show[T]
) -> Outcome[T]:
    """Carry out one command. ``reads`` names the read models that ``decide`` and ``show`` look at;
    both get the transaction's connection.

    Raises Refused with the member's sentence (recorded, so that a second delivery is refused the
    same way), and whatever keeps the transaction from committing.
    """
    guild_id = call.asked.guild_id
    models = [read_models()[name] for name in reads]
    with database.transaction(guild_id) as conn:
        lake.lock(conn, [guild_id])
        known = lake.stored_under(conn, guild_id, call.asked.source_id(InteractionUsed.event_type))
        catch_up(conn, guild_id, models)
        if known is not None:
            return _again(conn, decode(known), known.position, show)
        refusal: str | None = None
        events: Sequence[Event] = ()
        try:
            events = decide(conn)
        except Refused as refused:
            refusal = str(refused)
        used = call.used(refusal=refusal, caused=events)
        results = lake.append(conn, [*events, used])
        if any(isinstance(result, Conflict) for result in results):
            raise Unrecorded("Somebody else changed the same thing just now. Please try again.")
        catch_up(conn, guild_id, models)
        if refusal is None:
            facts = [
                Fact(result.position, event) for event, result in zip(events, results, strict=False)
            ]
            return Outcome(facts, show(conn, facts), results[-1].position)
    raise Refused(refusal)


def recorded(conn: Connection, guild_id: int, source_id: str) -> Event | None:
    """The fact under this key, if it was recorded before."""
    row = lake.stored_under(conn, guild_id, source_id)
    return None if row is None else decode(row)


def _again(conn: Connection, used: Event, position: int, show: Show[T]) -> Outcome[T]:
    """Answer an interaction that was handled before, from what was recorded then."""
    assert isinstance(used, InteractionUsed)
    if used.refusal is not None:
        raise Refused(used.refusal)
    facts = []
    for source_id in used.caused:
        row = lake.stored_under(conn, used.guild_id, source_id)
        if row is not None:
            facts.append(Fact(row.position, decode(row)))
    return Outcome(facts, show(conn, facts), position)


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
