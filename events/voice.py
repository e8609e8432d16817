"""Voice: joined, left, moved, muted or deafened.

Discord sends states, not changes, without id or time; a voice session id outlives a re-join. So
the changes of one member's state are numbered: ``{user}:voice:{ordinal, ten digits}``.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from events.engine.event import Count, Event, Label, Snowflake, Upcast


class _VoiceEvent(Event):
    """The member's whole voice state after the change (for a leave: the last one known)."""

    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at", "category_id", "is_bot", "afk"})

    ordinal: Count
    session_id: Label
    self_mute: bool = False
    self_deaf: bool = False
    mute: bool = False
    """Muted by a moderator."""
    deaf: bool = False
    """Deafened by a moderator."""
    afk: bool = False
    """Whether the channel is the one where the guild puts those who are away."""
    is_bot: bool = False
    category_id: Snowflake | None = None


class VoiceJoined(_VoiceEvent):
    """``user_id`` connected to ``channel_id``."""

    event_type: ClassVar[str] = "voice_join"


def _seen(payload: dict[str, Any]) -> dict[str, Any]:
    """Version 1 did not say whether anybody saw it."""
    return {**payload, "unseen": False}


class VoiceLeft(_VoiceEvent):
    """``user_id`` disconnected from ``channel_id``."""

    event_type: ClassVar[str] = "voice_leave"
    schema_version: ClassVar[int] = 2
    upcasts: ClassVar[Mapping[int, Upcast]] = {1: _seen}
    restated: ClassVar[frozenset[str]] = _VoiceEvent.restated | {"unseen"}

    unseen: bool = False
    """Whether the bot was blind: ``occurred_at`` is then the last moment at which the member is
    known to have been there."""


class VoiceMoved(_VoiceEvent):
    """``user_id`` went from ``from_channel_id`` to ``channel_id``."""

    event_type: ClassVar[str] = "voice_move"

    from_channel_id: Snowflake


class VoiceStateChanged(_VoiceEvent):
    """``user_id`` stayed in ``channel_id`` and was muted, deafened, or the opposite."""

    event_type: ClassVar[str] = "voice_state"
