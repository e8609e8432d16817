"""The votes in one poll: whatever a member does there is numbered, vote or withdrawal."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from bot.gateway.seen import Cursor, Observation, Standing
from events.engine.event import Event
from events.polls import PollVoted, PollVoteWithdrawn


class PollCursor(Cursor):
    """Which answers each member has given, and how often they did anything."""

    def __init__(self) -> None:
        """A poll of which nothing is known."""
        self._ordinals: dict[int, int] = {}
        self._answers: defaultdict[int, set[int]] = defaultdict(set)

    def __len__(self) -> int:
        """One for each member."""
        return 1 + len(self._ordinals)

    def follow(self, event: Event) -> None:
        """Take in a vote or a withdrawal."""
        if not isinstance(event, PollVoted | PollVoteWithdrawn):
            return
        user_id = event.user_id or 0
        self._ordinals[user_id] = max(event.ordinal, self._ordinals.get(user_id, 0))
        if isinstance(event, PollVoted):
            self._answers[user_id].add(event.answer_id)
        else:
            self._answers[user_id].discard(event.answer_id)

    def gone(self, standing: Standing) -> Iterator[Observation]:
        """Votes that were withdrawn while nobody looked."""
        assert isinstance(standing.off, VoteSeen)
        now = {(seen.user_id, seen.answer_id) for seen in standing.on if isinstance(seen, VoteSeen)}
        for user_id, answers in self._answers.items():
            for answer_id in answers:
                if (user_id, answer_id) not in now:
                    yield replace(standing.off, user_id=user_id, answer_id=answer_id)

    def number(self, seen: "VoteSeen") -> Event | None:
        """The vote or withdrawal as a fact, unless it is already so. A withdrawal by somebody who
        did nothing here yet is one: they voted before we came."""
        ordinal = self._ordinals.get(seen.user_id, 0)
        stands = seen.answer_id in self._answers.get(seen.user_id, ())
        if stands == seen.on and (seen.on or ordinal):
            return None
        return seen.fact(ordinal + 1)


@dataclass(frozen=True, slots=True)
class VoteSeen(Observation):
    """``user_id``'s vote for an answer is now on or off."""

    cursor: ClassVar[type[Cursor]] = PollCursor

    channel_id: int
    message_id: int
    user_id: int
    answer_id: int
    on: bool
    at: datetime
    is_bot: bool
    category_id: int | None
    parent_id: int | None

    @property
    def prefix(self) -> str:
        """All that is done in the poll."""
        return f"{self.message_id}:poll_vote:"

    def fact(self, ordinal: int) -> Event:
        """The event, as number ``ordinal`` of what the member did in the poll."""
        fields: dict[str, Any] = {
            "guild_id": self.guild_id,
            "source_id": f"{self.prefix}{self.user_id}:{ordinal}",
            "user_id": self.user_id,
            "channel_id": self.channel_id,
            "occurred_at": self.at,
            "message_id": self.message_id,
            "answer_id": self.answer_id,
            "ordinal": ordinal,
            "is_bot": self.is_bot,
            "category_id": self.category_id,
            "parent_id": self.parent_id,
        }
        return PollVoted(**fields) if self.on else PollVoteWithdrawn(**fields)
