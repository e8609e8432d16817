"""Compares exported reactions with those in the lake, so that none is counted twice.

An export made without users says how often, the lake may know by whom. And the other way round: a
tally that is in the lake already includes givers whom a better export names later.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from events.engine.event import Event
from events.reactions import ReactionAdded, ReactionsTallied
from sql import lake
from sql.pool import Connection


def settle(conn: Connection, guild_id: int, events: Sequence[Event]) -> tuple[list[Event], int]:
    """``events`` with each new tally cut to the reactions whose givers nobody knows.

    The number tells how many named reactions were left out because an earlier tally holds them.
    """
    kept, left_out = _without_tallied(conn, guild_id, events)
    return _cut_tallies(conn, guild_id, kept), left_out


def _tally_id(event: ReactionAdded | ReactionsTallied) -> str:
    return f"{event.message_id}:reaction_tally:{event.emoji}"


def _without_tallied(
    conn: Connection, guild_id: int, events: Sequence[Event]
) -> tuple[list[Event], int]:
    named = [e for e in events if isinstance(e, ReactionAdded)]
    tallied = lake.positions_of(conn, guild_id, sorted({_tally_id(e) for e in named}))
    doubtful = {e.source_id for e in named if _tally_id(e) in tallied}
    doubtful -= lake.positions_of(conn, guild_id, sorted(doubtful)).keys()
    kept = [e for e in events if e.source_id not in doubtful]
    return kept, len(events) - len(kept)


def _cut_tallies(conn: Connection, guild_id: int, events: Sequence[Event]) -> list[Event]:
    tallies = [e for e in events if isinstance(e, ReactionsTallied)]
    known = lake.positions_of(conn, guild_id, [e.source_id for e in tallies])
    fresh = [e for e in tallies if e.source_id not in known]
    givers = _givers(conn, guild_id, {e.message_id for e in fresh}, events)
    totals: dict[str, int] = defaultdict(int)  # one message may stand in two of the files
    for tally in fresh:
        totals[tally.source_id] = max(totals[tally.source_id], tally.count)
    result: list[Event] = []
    for event in events:
        if isinstance(event, ReactionsTallied) and event.source_id in totals:
            count = totals[event.source_id] - len(givers[_tally_id(event)])
            if count > 0:
                result.append(event.model_copy(update={"count": count}))
        else:
            result.append(event)
    return result


def _givers(
    conn: Connection, guild_id: int, message_ids: Iterable[int], events: Sequence[Event]
) -> defaultdict[str, set[int | None]]:
    """Who ever gave which emoji, by the source id of its tally: in the lake or in ``events``.

    A reaction taken back since counts too: it may still be among those that were exported.
    """
    givers: defaultdict[str, set[int | None]] = defaultdict(set)
    for event in events:
        if isinstance(event, ReactionAdded):
            givers[_tally_id(event)].add(event.user_id)
    for message_id in message_ids:
        for row in lake.with_prefix(conn, guild_id, f"{message_id}:reaction:"):
            _, _, emoji, *_ = row.source_id.split(":")
            givers[f"{message_id}:reaction_tally:{emoji}"].add(row.user_id)
    return givers
