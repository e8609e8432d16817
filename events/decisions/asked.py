"""Who asked for something: the part that all commands share."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from events.engine.snowflake import created_at


class Envelope(TypedDict):
    """The fields of an event that the one who asked decides."""

    guild_id: int
    user_id: int
    channel_id: int | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """One interaction: its id is the key of everything that comes of it."""

    guild_id: int
    interaction_id: int
    user_id: int
    channel_id: int | None

    @property
    def at(self) -> datetime:
        """When it was asked: the time inside the interaction's id."""
        return created_at(self.interaction_id)

    @property
    def envelope(self) -> Envelope:
        """What every fact that comes of it says of who, where and when."""
        return {
            "guild_id": self.guild_id,
            "user_id": self.user_id,
            "channel_id": self.channel_id,
            "occurred_at": self.at,
        }

    def source_id(self, event_type: str) -> str:
        """The key of the fact of this type that comes of it."""
        return f"{self.interaction_id}:{event_type}"
