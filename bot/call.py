"""A command as the program sees it, from the interaction that asked to what came of it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from events.decisions.asked import Asked
from events.engine.errors import Refused, TallystickError
from events.engine.event import Event
from events.interactions import InteractionUsed, Kind, OptionValue
from events.interactions import Outcome as Ended
from projections.engine.read_model import ReadModel
from sql.lake import Key
from sql.pool import Connection

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """An interaction as the program sees it: who asked, what, and when it came in."""

    asked: Asked
    kind: Kind
    name: str
    options: dict[str, OptionValue] = field(default_factory=dict)
    arrived: float = field(default_factory=time.monotonic)

    @property
    def key(self) -> Key:
        """What the interaction is recorded under."""
        return self.asked.guild_id, self.asked.source_id(InteractionUsed.event_type)

    def used(
        self, *, refusal: str | None = None, failed: bool = False, caused: Sequence[Event] = ()
    ) -> InteractionUsed:
        """The fact that this interaction was used and how it ended."""
        ended: Ended = "error" if failed else "refused" if refusal is not None else "ok"
        return InteractionUsed(
            guild_id=self.asked.guild_id,
            source_id=self.asked.source_id(InteractionUsed.event_type),
            user_id=self.asked.user_id,
            channel_id=self.asked.channel_id,
            occurred_at=self.asked.at,
            interaction_id=self.asked.interaction_id,
            kind=self.kind,
            name=self.name,
            options=self.options,
            outcome=ended,
            refusal=refusal,
            caused=[event.source_id for event in caused],
            duration_ms=max(0, round((time.monotonic() - self.arrived) * 1000)),
        )


@dataclass(frozen=True, slots=True)
class Fact:
    """A recorded event and its position in the guild's stream."""

    position: int
    event: Event


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a command came to: the facts, and what the reply shows of the state right after."""

    facts: list[Fact]
    shown: T
    position: int


class Unrecorded(TallystickError):
    """A fact collided with another one under its key: nothing was changed."""


Decide = Callable[[Connection], Sequence[Event]]
Show = Callable[[Connection, list[Fact]], T]
End = Outcome[T] | Refused
"""How a command ended that was carried out; a refusal is an end like another."""


@dataclass(frozen=True, eq=False, slots=True)
class Command(Generic[T]):
    """What is to be done for a call: the read models it looks at, what to decide, what to show.
    ``decide`` and ``show`` get the transaction's connection."""

    call: Call
    models: Sequence[ReadModel]
    decide: Decide
    show: Show[T]

    @property
    def guild_id(self) -> int:
        """Whose stream it is about."""
        return self.call.asked.guild_id
