"""Carries commands out: lock, catch up, decide, append, fold, show, commit, in one transaction.

The guild's stream is held from the first read to the last write, so commands of a guild are
serial: a balance that was read cannot change before it is spent. Commands of several guilds may
share the transaction, which costs each of them a part of it only: what one statement can do for
all of them is done in one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.call import Command, End, Fact, Outcome, Unrecorded
from events.engine.catalogue import StoredEvent, decode
from events.engine.errors import Refused
from events.engine.event import Event
from events.interactions import InteractionUsed
from projections.engine.advance import approach, catch_up_all, fold_appended
from projections.engine.folding import Batch
from projections.engine.read_model import ReadModel
from projections.engine.ruling import rules_now
from sql import lake
from sql.lake import Appended, Conflict, Result
from sql.pool import Connection, Database

Models = Mapping[int, Sequence[ReadModel]]
Ends = dict[Command[Any], End[Any]]


@dataclass(frozen=True, slots=True)
class _Decided:
    """What a command wants recorded, or why it was refused."""

    command: Command[Any]
    events: Sequence[Event]
    refused: Refused | None
    used: InteractionUsed


def carry_out(database: Database, commands: Sequence[Command[Any]], *, wait: bool) -> Ends:
    """Carry out all of these commands, or none when something raises. Without ``wait`` those of a
    guild that somebody else is at are left out.

    Raises Unrecorded when a fact collides with another, and whatever a command raises.
    """
    wanted = _models(commands)
    for guild_id in wanted if wait else ():
        approach(database, guild_id, wanted[guild_id])
    ends: Ends = {}
    with database.transaction(*wanted) as conn:
        free = set(lake.lock(conn, wanted, wait=wait))
        free &= catch_up_all(conn, {g: wanted[g] for g in sorted(free)}, wait=wait)
        for turn in _turns(c for c in commands if c.guild_id in free):
            ends |= _turn(conn, turn, wanted)
    return ends


def _models(commands: Iterable[Command[Any]]) -> Models:
    """The read models that are looked at in each guild."""
    wanted: dict[int, dict[str, ReadModel]] = {}
    for command in commands:
        known = wanted.setdefault(command.guild_id, {})
        known.update((model.name, model) for model in command.models)
    return {guild_id: list(models.values()) for guild_id, models in wanted.items()}


def _turns(commands: Iterable[Command[Any]]) -> Iterator[list[Command[Any]]]:
    """One command of each guild, then the next of each: those of a guild see one another's work."""
    left = list(commands)
    while left:
        first: dict[int, Command[Any]] = {}
        for command in left:
            first.setdefault(command.guild_id, command)
        yield list(first.values())
        left = [command for command in left if first[command.guild_id] is not command]


def _turn(conn: Connection, commands: Sequence[Command[Any]], wanted: Models) -> Ends:
    known = lake.stored_under_all(conn, [command.call.key for command in commands])
    again = {c: _again(conn, c, known[c.call.key]) for c in commands if c.call.key in known}
    decided = [_decide(conn, c) for c in commands if c not in again]
    return again | _record(conn, decided, wanted)


def _decide(conn: Connection, command: Command[Any]) -> _Decided:
    try:
        events = command.decide(conn)
    except Refused as refused:
        return _Decided(command, (), refused, command.call.used(refusal=str(refused)))
    return _Decided(command, events, None, command.call.used(caused=events))


def _record(conn: Connection, decided: Sequence[_Decided], wanted: Models) -> Ends:
    """Append and fold what was decided, then show it."""
    rules = {one.command.guild_id: rules_now(conn, one.command.guild_id) for one in decided}
    told = [[*one.events, one.used] for one in decided]
    results = iter(lake.append(conn, [event for events in told for event in events]))
    facts = [[(next(results), event) for event in events] for events in told]
    batches = [_batch(some, rules) for some in facts]
    if batches:
        fold_appended(conn, {b.guild_id: wanted[b.guild_id] for b in batches}, batches)
    return {one.command: _end(conn, one, some) for one, some in zip(decided, facts, strict=True)}


def _batch(facts: Sequence[tuple[Result, Event]], rules: Mapping[int, Any]) -> Batch:
    """What is new of the facts, as it is folded."""
    if any(isinstance(result, Conflict) for result, _ in facts):
        raise Unrecorded("Somebody else changed the same thing just now. Please try again.")
    new = [(result.position, event) for result, event in facts if isinstance(result, Appended)]
    guild_id = facts[-1][1].guild_id
    return Batch(guild_id, rules[guild_id], [at for at, _ in new], [event for _, event in new])


def _end(conn: Connection, one: _Decided, told: Sequence[tuple[Result, Event]]) -> End[Any]:
    if one.refused is not None:
        return one.refused
    facts = [Fact(result.position, event) for result, event in told]
    return Outcome(facts[:-1], one.command.show(conn, facts[:-1]), facts[-1].position)


def _again(conn: Connection, command: Command[Any], row: StoredEvent) -> End[Any]:
    """Answer an interaction that was handled before, from what was recorded then."""
    used = decode(row)
    assert isinstance(used, InteractionUsed)
    if used.refusal is not None:
        return Refused(used.refusal)
    before = [lake.stored_under(conn, used.guild_id, source_id) for source_id in used.caused]
    facts = [Fact(fact.position, decode(fact)) for fact in before if fact is not None]
    return Outcome(facts, command.show(conn, facts), row.position)
