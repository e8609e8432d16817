"""Who asked for something: the part that all commands share."""

from dataclasses import dataclass
from datetime import datetime

from events.engine.snowflake import created_at


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

    def source_id(self, event_type: str) -> str:
        """The key of the fact of this type that comes of it."""
        return f"{self.interaction_id}:{event_type}"
