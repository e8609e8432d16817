"""Polls: a vote, given and taken back.

Discord gives a vote neither an id nor a time, and a member may have several in one poll. All that
one member does in one poll is numbered: ``{message}:poll_vote:{user}:{ordinal}``.
"""

from typing import ClassVar

from events.engine.event import Count, Event, Snowflake

_OBSERVED = frozenset({"occurred_at", "category_id", "parent_id", "is_bot"})


class _PollEvent(Event):
    restated: ClassVar[frozenset[str]] = _OBSERVED

    message_id: Snowflake
    """The message that is the poll."""
    answer_id: Count
    """Discord's number of the answer."""
    ordinal: Count
    """1 for the first thing the member did in this poll: only a vote that is that is rewarded."""
    is_bot: bool = False
    category_id: Snowflake | None = None
    parent_id: Snowflake | None = None


class PollVoted(_PollEvent):
    """``user_id`` voted for an answer."""

    event_type: ClassVar[str] = "poll_vote"


class PollVoteWithdrawn(_PollEvent):
    """``user_id`` took a vote back."""

    event_type: ClassVar[str] = "poll_vote_withdrawn"
