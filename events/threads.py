"""Threads and forum posts. Source id: ``{thread}:thread_create``.

A thread started from a message has that message's snowflake, which is why the type is part of
the key.
"""

from typing import ClassVar

from events.engine.event import Event, Label, Snowflake


class ThreadCreated(Event):
    """``user_id`` opened a thread under ``channel_id``. The time is the one inside its id."""

    event_type: ClassVar[str] = "thread_create"
    restated: ClassVar[frozenset[str]] = frozenset(
        {"category_id", "import_id", "is_bot", "channel_id", "forum"}
    )

    thread_id: Snowflake
    is_bot: bool = False
    forum: bool = False
    """Whether it is a post in a forum (or media) channel."""
    category_id: Snowflake | None = None
    import_id: Label | None = None
