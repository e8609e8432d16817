"""The reactions on one message: each member's with each emoji is a toggle, odd on and even off.

One cursor holds a whole message, because a clear switches off many toggles at once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from bot.gateway.seen import Cursor, Observation, Standing
from events.engine.event import Event
from events.reactions import ReactionAdded, ReactionRemoved, ReactionsCleared


class ReactionCursor(Cursor):
    """Who has reacted with what, and how often it was cleared."""

    def __init__(self) -> None:
        """A message of which nothing is known."""
        self._ordinals: dict[tuple[str, int | None], int] = {}
        self._on: defaultdict[str, set[int | None]] = defaultdict(set)
        self._clears: Counter[str | None] = Counter()
        self._fresh: set[str] = set()
        """Emoji that somebody gave since they were last cleared."""

    def __len__(self) -> int:
        """One for each toggle."""
        return 1 + len(self._ordinals)

    def follow(self, event: Event) -> None:
        """Take in a reaction, given or taken back, or a clear."""
        if isinstance(event, ReactionAdded | ReactionRemoved):
            self._switch(event)
        elif isinstance(event, ReactionsCleared):
            self._clears[event.emoji] = max(self._clears[event.emoji], event.ordinal)
            for emoji in list(self._on) if event.emoji is None else [event.emoji]:
                self._on.pop(emoji, None)
                self._fresh.discard(emoji)

    def _switch(self, event: ReactionAdded | ReactionRemoved) -> None:
        key = (event.emoji, event.user_id)
        if event.ordinal <= self._ordinals.get(key, 0):
            return  # an import told it after we had seen what came later
        self._ordinals[key] = event.ordinal
        if isinstance(event, ReactionAdded):
            self._on[event.emoji].add(event.user_id)
            self._fresh.add(event.emoji)
        else:
            self._on[event.emoji].discard(event.user_id)

    def number(self, seen: "ReactionToggled | ReactionsWiped") -> Event | None:
        """The toggle or the clear as a fact, unless it is already so."""
        return self._toggle(seen) if isinstance(seen, ReactionToggled) else self._wipe(seen)

    def gone(self, standing: Standing) -> Iterator[Observation]:
        """Reactions that were taken back while nobody looked."""
        assert isinstance(standing.off, ReactionToggled)
        now = {
            (seen.emoji, seen.user_id) for seen in standing.on if isinstance(seen, ReactionToggled)
        }
        for emoji, users in self._on.items():
            for user_id in users:
                if user_id is not None and (emoji, user_id) not in now:
                    yield replace(standing.off, emoji=emoji, user_id=user_id)

    def _toggle(self, seen: "ReactionToggled") -> Event | None:
        last = self._ordinals.get((seen.emoji, seen.user_id), 0)
        known = last > 0 or seen.on
        if known and seen.on == (seen.user_id in self._on.get(seen.emoji, ())):
            return None
        step = 1 if (last + 1) % 2 == int(seen.on) else 2
        return seen.fact(last + step)

    def _wipe(self, seen: "ReactionsWiped") -> Event | None:
        if seen.emoji is None:
            known, something = self._clears[None] > 0, bool(self._fresh)
        else:
            known = self._clears[seen.emoji] + self._clears[None] > 0
            something = seen.emoji in self._fresh
        if known and not something:
            return None
        return seen.fact(self._clears[seen.emoji] + 1)


@dataclass(frozen=True, slots=True)
class _OnMessage(Observation):
    cursor: ClassVar[type[Cursor]] = ReactionCursor

    channel_id: int
    message_id: int
    at: datetime
    category_id: int | None

    @property
    def prefix(self) -> str:
        """Reactions and clears of the message."""
        return f"{self.message_id}:reaction"


@dataclass(frozen=True, slots=True)
class ReactionToggled(_OnMessage):
    """``user_id``'s reaction with ``emoji`` is now ``on`` or off."""

    emoji: str
    user_id: int
    on: bool
    target_id: int | None
    is_bot: bool
    parent_id: int | None = None

    def fact(self, ordinal: int) -> Event:
        """The event, as the toggle's change number ``ordinal``."""
        source_id = f"{self.message_id}:reaction:{self.emoji}:{self.user_id}:{ordinal}"
        if not self.on:
            return ReactionRemoved(
                guild_id=self.guild_id,
                source_id=source_id,
                user_id=self.user_id,
                channel_id=self.channel_id,
                target_id=self.target_id,
                occurred_at=self.at,
                message_id=self.message_id,
                emoji=self.emoji,
                ordinal=ordinal,
                category_id=self.category_id,
            )
        return ReactionAdded(
            guild_id=self.guild_id,
            source_id=source_id,
            user_id=self.user_id,
            channel_id=self.channel_id,
            target_id=self.target_id,
            occurred_at=self.at,
            message_id=self.message_id,
            emoji=self.emoji,
            ordinal=ordinal,
            is_bot=self.is_bot,
            category_id=self.category_id,
            parent_id=self.parent_id,
        )


@dataclass(frozen=True, slots=True)
class ReactionsWiped(_OnMessage):
    """Every reaction is off, or every one with ``emoji``."""

    emoji: str | None

    def fact(self, ordinal: int) -> Event:
        """The event, as clear number ``ordinal`` of its kind on this message."""
        number = ordinal if self.emoji is None else f"{self.emoji}:{ordinal}"
        return ReactionsCleared(
            guild_id=self.guild_id,
            source_id=f"{self.message_id}:reaction_clear:{number}",
            channel_id=self.channel_id,
            occurred_at=self.at,
            message_id=self.message_id,
            emoji=self.emoji,
            ordinal=ordinal,
            category_id=self.category_id,
        )
