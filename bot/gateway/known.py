"""What capture asks the lake: how far it goes, a sequence's facts, the author of a message."""

from collections.abc import Sequence

from events.engine.catalogue import StoredEvent
from events.engine.event import Event
from events.reactions import ReactionAdded
from sql import lake
from sql.pool import ALL_GUILDS, Database


def with_author(database: Database, event: Event) -> Event:
    """A reaction with the author of its message, from the lake where Discord does not say."""
    if not isinstance(event, ReactionAdded) or event.target_id is not None:
        return event
    with database.transaction(event.guild_id) as conn:
        row = lake.stored_under(conn, event.guild_id, f"{event.message_id}:message_create")
    return event if row is None else event.model_copy(update={"target_id": row.user_id})


def heads(database: Database) -> dict[int, int]:
    """The newest position of every stream."""
    with database.transaction(ALL_GUILDS) as conn:
        return lake.heads(conn)


def stored(
    database: Database, guild_id: int, prefix: str, up_to: int | None
) -> Sequence[StoredEvent]:
    """The guild's facts whose source id begins with ``prefix``: a sequence as the lake has it."""
    if up_to == 0:
        return ()
    with database.transaction(guild_id) as conn:
        return lake.with_prefix(conn, guild_id, prefix, up_to)
