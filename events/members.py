"""Members: joined, left, changed.

Source ids: ``{user}:member_join:{joined at, ms}``, ``{user}:member_leave:{joined at, ms}`` (the
membership that ended; 0 when it began before us), ``{user}:member_update:{ordinal, ten digits}``.
"""

from typing import ClassVar

from events.engine.event import Count, Event, Label, Snowflake


class MemberJoined(Event):
    """``user_id`` joined the guild; ``occurred_at`` is Discord's ``joined_at``."""

    event_type: ClassVar[str] = "member_join"
    restated: ClassVar[frozenset[str]] = frozenset({"name", "avatar", "is_bot"})

    name: Label
    avatar: Label | None = None
    is_bot: bool = False


class MemberLeft(Event):
    """``user_id`` left, was kicked or was banned."""

    event_type: ClassVar[str] = "member_leave"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at", "is_bot"})

    is_bot: bool = False


class MemberUpdated(Event):
    """``user_id``'s roles, nickname, name or avatar are now these."""

    event_type: ClassVar[str] = "member_update"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at"})

    ordinal: Count
    name: Label
    avatar: Label | None = None
    nick: Label | None = None
    roles: list[Snowflake]
    """Role ids, ascending."""
    is_bot: bool = False
