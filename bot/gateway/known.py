"""What capture asks the lake: how far it goes, a sequence's facts, who a message was about."""

from collections.abc import Iterable, Sequence

from bot.gateway.seen import Observation
from bot.gateway.sequencer import Wanted
from events.engine.catalogue import StoredEvent
from events.engine.event import Event
from events.messages import MessageDeleted
from events.reactions import ReactionAdded
from sql import lake
from sql.pool import ALL_GUILDS, Database


def with_author(database: Database, event: Event, before: Iterable[Event] = ()) -> Event:
    """A reaction or a deletion with the author of its message (the deletion also with whom it
    answered), where Discord does not say: from what stands ``before`` it, or from the lake."""
    if not isinstance(event, ReactionAdded | MessageDeleted) or event.target_id is not None:
        return event
    source_id = f"{event.message_id}:message_create"
    for other in before:
        if other.source_id == source_id and other.guild_id == event.guild_id:
            return _about(event, other.user_id, other.target_id)
    with database.transaction(event.guild_id) as conn:
        row = lake.stored_under(conn, event.guild_id, source_id)
    return event if row is None else _about(event, row.user_id, row.target_id)


def has_newer(database: Database, seen: Observation, event: Event) -> bool:
    """Whether the lake has something newer than ``event``, which ``seen`` would be, in its
    sequence: of the same member, or of all."""
    with database.transaction(seen.guild_id) as conn:
        rows = lake.with_prefix(conn, seen.guild_id, seen.prefix)
    return any(
        row.occurred_at > event.occurred_at
        and (row.user_id is None or event.user_id is None or row.user_id == event.user_id)
        for row in rows
    )


def _about(event: Event, author: int | None, answered: int | None) -> Event:
    known = {"target_id": author}
    if isinstance(event, MessageDeleted):
        known["answered_id"] = answered
    return event.model_copy(update=known)


def heads(database: Database) -> dict[int, int]:
    """The newest position of every stream."""
    with database.transaction(ALL_GUILDS) as conn:
        return lake.heads(conn)


def stored(database: Database, wanted: Sequence[Wanted]) -> Sequence[Sequence[StoredEvent]]:
    """For each guild, prefix and newest position the facts whose source id begins so: sequences as
    the lake has them."""
    found: dict[Wanted, Sequence[StoredEvent]] = dict.fromkeys(wanted, ())
    asked = [one for one in found if one[2] != 0]
    if asked:
        with database.transaction(*{guild_id for guild_id, _, _ in asked}) as conn:
            found |= zip(asked, lake.with_prefixes(conn, asked), strict=True)
    return list(found.values())
