"""Messages: written, edited, deleted. Never their text, only how long it was.

Source ids: ``{message}:message_create``, ``{message}:message_edit:{edited at, ms}``,
``{message}:message_delete`` (the same for a single and a bulk deletion).
"""

from typing import ClassVar

from events.engine.event import Count, Event, Label, Snowflake


class MessageCreated(Event):
    """A member wrote a message. ``occurred_at`` is the time inside the message's id;
    ``target_id`` is whose message it answers, where that is known."""

    event_type: ClassVar[str] = "message_create"
    restated: ClassVar[frozenset[str]] = frozenset(
        {
            "name",
            "avatar",
            "is_bot",
            "length",
            "attachments",
            "mentions",
            "category_id",
            "import_id",
            "reply_to",
            "target_id",
            "parent_id",
            "code",
            "link",
            "emoji",
        }
    )

    message_id: Snowflake
    message_type: Count = 0
    """Discord's number: 0 default, 19 reply, 20 slash-command answer, 18 thread created ..."""
    name: Label
    avatar: Label | None = None
    is_bot: bool = False
    """True for bots and webhooks: recorded, but never rewarded or shown on a board."""
    length: Count = 0
    """Characters of text, as Discord counts them."""
    attachments: Count = 0
    mentions: Count = 0
    reply_to: Snowflake | None = None
    """The message answered to, if any."""
    category_id: Snowflake | None = None
    """Discord's category of the channel (of the parent channel for a thread)."""
    parent_id: Snowflake | None = None
    """The channel that the thread hangs on, in which it was written; None outside threads."""
    code: bool | None = None
    """Whether there is a block of code in it; None, as the next two, where we may not look."""
    link: bool | None = None
    emoji: Count | None = None
    """How many emoji there are in it, Discord's own kind and Unicode's."""
    import_id: Label | None = None
    """Which import told it (an ordered sequence of its own); None when captured live."""


class MessageEdited(Event):
    """A message's text was changed. ``occurred_at`` is Discord's ``edited_timestamp``."""

    event_type: ClassVar[str] = "message_edit"
    restated: ClassVar[frozenset[str]] = frozenset({"length", "category_id", "import_id"})

    message_id: Snowflake
    length: Count = 0
    category_id: Snowflake | None = None
    import_id: Label | None = None


class MessageDeleted(Event):
    """A message is gone, alone or in bulk. Discord tells neither who did it nor when;
    ``target_id`` is its author, where the lake knows the message."""

    event_type: ClassVar[str] = "message_delete"
    restated: ClassVar[frozenset[str]] = frozenset(
        {"occurred_at", "bulk", "category_id", "target_id", "answered_id"}
    )

    message_id: Snowflake
    bulk: bool = False
    answered_id: Snowflake | None = None
    """Whose message it answered."""
    category_id: Snowflake | None = None

    def members(self) -> tuple[int, ...]:
        """Whoever the message may have brought something."""
        return tuple(m for m in (self.target_id, self.answered_id) if m is not None)
