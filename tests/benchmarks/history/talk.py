"""Talk: messages, reactions, threads."""

from collections import deque
from datetime import timedelta
from typing import Any

from events.engine.snowflake import to_ms
from events.messages import MessageCreated, MessageDeleted, MessageEdited
from events.reactions import ReactionAdded, ReactionRemoved
from events.threads import ThreadCreated
from tests.benchmarks.history.world import Draft, World

BURST = 0.28
"""How often a message is followed by another of the same member in the same channel at once."""

_EMOJI = ("👍", "❤️", "😂", "🎉", "991", "992")


class Talk(World):
    """What members do with words."""

    def __init__(self, guild_id: int, seed: int) -> None:
        """Nobody has said anything yet."""
        super().__init__(guild_id, seed)
        self.following: deque[Draft] = deque()
        """What happens next in any case."""
        self._messages: deque[tuple[int, int, int]] = deque(maxlen=200)
        self._reactions: deque[dict[str, Any]] = deque(maxlen=200)
        self._given: set[tuple[int, str, int]] = set()

    def message(self) -> Draft:
        """Somebody writes, one time in four or so twice."""
        user, where = self.member(), self.channel()
        if self.random.random() < BURST:
            self.following.append(self._message_of(user, where, timedelta(seconds=4)))
        return self._message_of(user, where, timedelta())

    def _message_of(self, user: int, where: dict[str, int], later: timedelta) -> Draft:
        self.now += later
        number = self.new_id()
        self._messages.append((number, user, where["channel_id"]))
        fields = self.fields(
            f"{number}:message_create",
            user,
            message_id=number,
            name=f"member {user % 1000}",
            avatar=f"{user:032x}",
            length=self.random.randrange(300),
            **where,
        )
        self.now -= later
        return MessageCreated, fields

    def _recent(self) -> tuple[int, int, int]:
        if not self._messages:
            self.message()
        return self.random.choice(self._messages)

    def reaction(self) -> Draft:
        """Somebody reacts to a recent message."""
        message, author, channel = self._recent()
        user, emoji = self.member(), self.random.choice(_EMOJI)
        if (message, emoji, user) in self._given:
            return self.message()
        self._given.add((message, emoji, user))
        fields = self.fields(
            f"{message}:reaction:{emoji}:{user}:1",
            user,
            channel_id=channel,
            target_id=author,
            message_id=message,
            emoji=emoji,
            ordinal=1,
        )
        self._reactions.append(fields)
        return ReactionAdded, fields

    def reaction_back(self) -> Draft:
        """The oldest reaction we remember is taken back."""
        if not self._reactions:
            return self.reaction()
        fields = dict(self._reactions.popleft(), ordinal=2, occurred_at=self.now)
        fields["source_id"] = fields["source_id"][:-1] + "2"
        return ReactionRemoved, fields

    def edit(self) -> Draft:
        """A recent message is edited."""
        message, author, channel = self._recent()
        return MessageEdited, self.fields(
            f"{message}:message_edit:{to_ms(self.now)}",
            author,
            channel_id=channel,
            message_id=message,
            length=self.random.randrange(300),
        )

    def delete(self) -> Draft:
        """The oldest message we remember is deleted."""
        gone = self._messages.popleft() if self._messages else (self.new_id(), None, 0)
        message, author, channel = gone
        return MessageDeleted, self.fields(
            f"{message}:message_delete",
            None,
            target_id=author,
            channel_id=channel,
            message_id=message,
        )

    def thread(self) -> Draft:
        """Somebody opens a thread."""
        number = self.new_id()
        return ThreadCreated, self.fields(
            f"{number}:thread_create", self.member(), thread_id=number, **self.channel()
        )
