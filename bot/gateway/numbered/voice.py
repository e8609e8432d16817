"""A member's voice states in a guild: each difference to the state before is a numbered fact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from bot.gateway.seen import Cursor, Observation
from events.engine.event import Event
from events.voice import VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged

VoiceEvent = VoiceJoined | VoiceLeft | VoiceMoved | VoiceStateChanged
_VECTOR = ("channel_id", "session_id", "self_mute", "self_deaf", "mute", "deaf")


def _vector(state: "VoiceEvent | VoiceSeen") -> dict[str, Any]:
    return {name: getattr(state, name) for name in _VECTOR}


class VoiceCursor(Cursor):
    """The last fact about a member's voice state."""

    def __init__(self) -> None:
        """A member of whom nothing is known."""
        self._last: VoiceEvent | None = None

    def follow(self, event: Event) -> None:
        """Take in a change."""
        if isinstance(event, VoiceEvent) and (
            self._last is None or event.ordinal > self._last.ordinal
        ):
            self._last = event

    def number(self, seen: "VoiceSeen") -> Event | None:
        """The change that ``seen`` shows. A first sighting in a channel counts as joining it."""
        last = self._last
        before = None if isinstance(last, VoiceLeft) else last
        ordinal = last.ordinal + 1 if last else 1
        if seen.channel_id is None:
            leave = {**seen.shared(ordinal), "unseen": seen.unseen}
            return before and VoiceLeft(**leave, **_vector(before))
        after = {**seen.shared(ordinal), **_vector(seen)}
        if before is None:
            return VoiceJoined(**after)
        if before.channel_id != seen.channel_id:
            return VoiceMoved(**after, from_channel_id=before.channel_id)
        return VoiceStateChanged(**after) if _vector(before) != _vector(seen) else None


@dataclass(frozen=True, slots=True)
class VoiceSeen(Observation):
    """``user_id``'s voice state is now this; ``channel_id`` is None when disconnected."""

    cursor: ClassVar[type[Cursor]] = VoiceCursor

    user_id: int
    channel_id: int | None
    at: datetime
    session_id: str
    self_mute: bool
    self_deaf: bool
    mute: bool
    deaf: bool
    is_bot: bool
    category_id: int | None
    afk: bool = False
    unseen: bool = False
    """Whether ``at`` is only the last proof of a stay that nobody saw end."""

    @property
    def prefix(self) -> str:
        """All voice facts of the member."""
        return f"{self.user_id}:voice:"

    def shared(self, ordinal: int) -> dict[str, Any]:
        """The fields of the event that are not the state itself."""
        return {
            "guild_id": self.guild_id,
            "source_id": f"{self.user_id}:voice:{ordinal:010}",
            "user_id": self.user_id,
            "occurred_at": self.at,
            "ordinal": ordinal,
            "afk": self.afk,
            "is_bot": self.is_bot,
            "category_id": self.category_id,
        }
