"""Threads and forum posts."""

from collections.abc import Iterator
from typing import Any

from bot.gateway.payload import Payload
from bot.gateway.seen import Arrival, Ignored, Seen
from events.engine.event import Snowflake
from events.engine.snowflake import created_at
from events.threads import ThreadCreated


class _Thread(Payload):
    id: Snowflake
    guild_id: Snowflake
    parent_id: Snowflake
    owner_id: Snowflake
    newly_created: bool = False


def thread_create(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """THREAD_CREATE, which is also sent when we are let into a thread that was there before."""
    thread = _Thread.model_validate(data)
    if not thread.newly_created:
        yield Ignored("thread_not_new")
        return
    yield ThreadCreated(
        guild_id=thread.guild_id,
        source_id=f"{thread.id}:thread_create",
        user_id=thread.owner_id,
        channel_id=thread.parent_id,
        occurred_at=created_at(thread.id),
        thread_id=thread.id,
        is_bot=arrival.is_bot(thread.owner_id),
        forum=arrival.is_forum(thread.guild_id, thread.parent_id),
        category_id=arrival.category_of(thread.guild_id, thread.parent_id),
    )


TRANSLATORS = {"THREAD_CREATE": thread_create}
