"""One guild: its clock, its members, its channels, the ids that Discord would give."""

from datetime import UTC, datetime
from itertools import accumulate
from random import Random
from typing import Any

from events.engine.event import Event
from events.engine.snowflake import snowflake_at

Draft = tuple[type[Event], dict[str, Any]]
"""An event before validation: its class and its fields."""

START = datetime(2026, 1, 5, tzinfo=UTC)
CHANNELS = 10
MEMBERS = 300


class World:
    """What the drafts of one guild are drawn from. Some members and channels are much livelier
    than others."""

    def __init__(self, guild_id: int, seed: int) -> None:
        """Nothing has happened yet."""
        self.guild_id = guild_id
        self.random = Random(f"{seed}:{guild_id}")
        self.now = START
        self.members = [guild_id * 100_000 + n for n in range(1, MEMBERS + 1)]
        self._liveliness = list(accumulate(1 / (n + 8) for n in range(MEMBERS)))
        self._ids = 0
        self._ordinals: dict[int, int] = {}

    def new_id(self) -> int:
        """A snowflake of now."""
        self._ids += 1
        return snowflake_at(self.now, self._ids & 0x3FFFFF)

    def member(self) -> int:
        """Somebody."""
        return self.random.choices(self.members, cum_weights=self._liveliness)[0]

    def channel(self) -> dict[str, int]:
        """Somewhere, with the category that it is in."""
        number = int(CHANNELS * self.random.random() ** 2)
        return {
            "channel_id": self.guild_id * 1000 + number,
            "category_id": self.guild_id * 1000 + 900 + number % 3,
        }

    def ordinal(self, user: int) -> int:
        """The number of the next change of a member's state."""
        self._ordinals[user] = ordinal = self._ordinals.get(user, 0) + 1
        return ordinal

    def fields(self, source_id: str, user_id: int | None, **more: Any) -> dict[str, Any]:
        """The fields of an event that happens now."""
        return {
            "guild_id": self.guild_id,
            "source_id": source_id,
            "user_id": user_id,
            "occurred_at": self.now,
            **more,
        }
