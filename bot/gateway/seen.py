"""What a translator may make of a payload: facts, observations that need a number, or nothing."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from events.engine.event import Event
from events.gaps import Cause


@dataclass(frozen=True, slots=True)
class Ignored:
    """The payload tells no fact; ``reason`` is a fixed word for the metrics."""

    reason: str


class Cursor(ABC):
    """What is known of one numbered sequence, which is a fold of its facts and nothing else.

    So a cursor loaded from the lake is the one that was kept in memory.
    """

    @abstractmethod
    def follow(self, event: Event) -> None:
        """Take in the next fact of the sequence. Facts of other sequences change nothing."""

    @abstractmethod
    def number(self, seen: Any) -> Event | None:
        """The fact that ``seen`` is, or None when it is known already. Changes nothing."""

    def gone(self, standing: "Standing") -> "Iterable[Observation]":
        """What is on by the facts so far and is not among those who are on now: it went off."""
        return ()

    def __len__(self) -> int:
        """How much room it takes, counted in keys."""
        return 1


@dataclass(frozen=True, slots=True)
class Observation(ABC):
    """Something seen that becomes a fact only next to what was seen before."""

    cursor: ClassVar[type[Cursor]]
    complete: ClassVar[bool] = False
    """Whether this alone tells all that its cursor must know, so that nothing need be loaded."""

    guild_id: int

    @property
    @abstractmethod
    def prefix(self) -> str:
        """How the source ids of its sequence begin; with the guild, the name of the sequence."""


@dataclass(frozen=True, slots=True)
class RollCall:
    """A guild comes in, with those who are in voice there: see ``bot/gateway/roll_call.py``."""

    guild_id: int
    joined_at: datetime
    """When we were added to it."""
    at: datetime
    present: tuple[Observation, ...]
    seen_until: datetime | None = None
    """Since when something was missed, if it is not for the session's beginning."""


@dataclass(frozen=True, slots=True)
class Standing:
    """All that is on in one sequence now (who has reacted to a message): nothing else is."""

    on: tuple[Observation, ...]
    off: Observation
    """One of the sequence that is off, like those that went off will be."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Discord itself is without the guild for now."""

    guild_id: int
    at: datetime


Seen = Event | Observation | Ignored | RollCall | Unavailable


@dataclass(frozen=True, slots=True)
class Connected:
    """A shard has just got a session, in which it will see what happens in ``guilds``."""

    guilds: tuple[int, ...]
    at: datetime
    shard_id: int
    shard_count: int
    lost_at: datetime | None
    """Until when this process saw the shard in the session before; None if there was none."""


@dataclass(frozen=True, slots=True)
class ShardSeen:
    """We have seen all that a shard was told until then."""

    shard_id: int
    shard_count: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """This process is at work; ``ended``: and it stops now."""

    shards: tuple[ShardSeen, ...]
    at: datetime
    ended: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """Something in these guilds did not reach us between two moments."""

    guilds: tuple[int, ...]
    began: datetime
    ended: datetime
    cause: Cause


def _unknown(guild_id: int, channel_id: int) -> int | None:
    return None


def _no(guild_id: int, channel_id: int) -> bool:
    return False


def _nowhere(guild_id: int) -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a payload does not tell: when it came in and what the client knows around it."""

    at: datetime
    category_of: Callable[[int, int], int | None]
    """Guild and channel -> Discord's category of the channel (of a thread: of its parent)."""
    is_bot: Callable[[int], bool]
    """Whether a user is known to be a bot."""
    parent_of: Callable[[int, int], int | None] = _unknown
    """Guild and channel -> the channel that it hangs on, if it is a thread."""
    is_forum: Callable[[int, int], bool] = _no
    """Guild and channel -> whether posts are made there."""
    afk_of: Callable[[int], int | None] = _nowhere
    """Guild -> the voice channel where those who are away are put."""
    reads_text: bool = False
    """Whether we asked Discord for the text of messages."""
