"""Our own membership of a guild: a leave is named after the join it ends."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.gateway.seen import Cursor, Observation
from events.engine.event import Event
from events.engine.snowflake import to_ms
from events.guilds import GuildJoined, GuildLeft


class GuildCursor(Cursor):
    """The last join and whether it has ended."""

    def __init__(self) -> None:
        """A guild of which nothing is known."""
        self._joined_ms = 0
        self._gone = False

    def follow(self, event: Event) -> None:
        """Take in a join or a leave."""
        if isinstance(event, GuildJoined):
            self._joined_ms = max(self._joined_ms, to_ms(event.occurred_at))
            self._gone = False
        elif isinstance(event, GuildLeft):
            self._gone = True

    def number(self, seen: "GuildArrived | GuildGone") -> Event | None:
        """The join or leave that ``seen`` shows, unless it is known."""
        if isinstance(seen, GuildGone):
            return None if self._gone else seen.fact(self._joined_ms)
        known = to_ms(seen.fact.occurred_at) <= self._joined_ms
        return None if known else seen.fact


@dataclass(frozen=True, slots=True)
class _OfGuild(Observation):
    cursor: ClassVar[type[Cursor]] = GuildCursor

    @property
    def prefix(self) -> str:
        """Joins and leaves of the guild."""
        return f"{self.guild_id}:guild_"


@dataclass(frozen=True, slots=True)
class GuildArrived(_OfGuild):
    """We are in the guild; thousands of these come at each start, so nothing is loaded for them."""

    complete: ClassVar[bool] = True

    fact: GuildJoined


@dataclass(frozen=True, slots=True)
class GuildGone(_OfGuild):
    """We are no longer in the guild."""

    at: datetime

    def fact(self, joined_ms: int) -> GuildLeft:
        """The end of the membership that began at ``joined_ms`` (0: never seen)."""
        return GuildLeft(
            guild_id=self.guild_id,
            source_id=f"{self.guild_id}:guild_leave:{joined_ms}",
            occurred_at=self.at,
        )
