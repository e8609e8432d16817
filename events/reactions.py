"""Reactions: given, taken back, cleared, and counts from exports that do not say whose.

Discord gives a reaction neither an id nor a time, so each member's reaction with one emoji on
one message is a toggle whose changes are numbered: odd is on, even is off. Source ids:
``{message}:reaction:{emoji}:{user}:{ordinal}`` for both, ``{message}:reaction_clear:{ordinal}``
(all emoji) or ``{message}:reaction_clear:{emoji}:{ordinal}``, ``{message}:reaction_tally:{emoji}``.
"""

from typing import ClassVar

from events.engine.event import Count, Event, Label, Snowflake

_OBSERVED = frozenset(
    {"occurred_at", "target_id", "category_id", "parent_id", "is_bot", "import_id"}
)


class ReactionAdded(Event):
    """``user_id`` reacted to a message of ``target_id`` (None when Discord did not say whose)."""

    event_type: ClassVar[str] = "reaction_add"
    restated: ClassVar[frozenset[str]] = _OBSERVED

    message_id: Snowflake
    emoji: Label
    """A custom emoji's id, or the Unicode emoji itself."""
    ordinal: Count
    """1 for the first time, 3 after it was taken back once, and so on. Only 1 is rewarded."""
    is_bot: bool = False
    category_id: Snowflake | None = None
    parent_id: Snowflake | None = None
    """The channel that the thread hangs on; None outside threads."""
    import_id: Label | None = None


class ReactionRemoved(Event):
    """``user_id``'s reaction was taken back (by the member or by a moderator)."""

    event_type: ClassVar[str] = "reaction_remove"
    restated: ClassVar[frozenset[str]] = _OBSERVED - {"is_bot", "import_id", "parent_id"}

    message_id: Snowflake
    emoji: Label
    ordinal: Count
    category_id: Snowflake | None = None


class ReactionsCleared(Event):
    """A moderator removed every reaction from a message, or every one with ``emoji``."""

    event_type: ClassVar[str] = "reaction_clear"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at", "category_id"})

    message_id: Snowflake
    emoji: Label | None = None
    ordinal: Count
    category_id: Snowflake | None = None


class ReactionsTallied(Event):
    """An export says how often a message of ``target_id`` got ``emoji``, but not from whom."""

    event_type: ClassVar[str] = "reaction_tally"
    restated: ClassVar[frozenset[str]] = frozenset(
        {"count", "category_id", "parent_id", "import_id"}
    )

    message_id: Snowflake
    emoji: Label
    count: Count
    """Reactions beyond those already in the lake with their givers."""
    category_id: Snowflake | None = None
    parent_id: Snowflake | None = None
    import_id: Label | None = None
