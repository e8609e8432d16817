"""Votes in polls: observations, since Discord gives them no id."""

from collections.abc import Iterator
from typing import Any

from bot.gateway.numbered.polls import VoteSeen
from bot.gateway.payload import Payload
from bot.gateway.seen import Arrival, Seen
from events.engine.event import Count, Snowflake


class _Vote(Payload):
    user_id: Snowflake
    channel_id: Snowflake
    message_id: Snowflake
    guild_id: Snowflake | None = None
    answer_id: Count


def vote_add(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """MESSAGE_POLL_VOTE_ADD."""
    yield _seen(_Vote.model_validate(data), arrival, on=True)


def vote_remove(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """MESSAGE_POLL_VOTE_REMOVE."""
    yield _seen(_Vote.model_validate(data), arrival, on=False)


def _seen(vote: _Vote, arrival: Arrival, *, on: bool) -> VoteSeen:
    guild_id = vote.guild_id or 0
    return VoteSeen(
        guild_id=guild_id,
        channel_id=vote.channel_id,
        message_id=vote.message_id,
        user_id=vote.user_id,
        answer_id=vote.answer_id,
        on=on,
        at=arrival.at,
        is_bot=arrival.is_bot(vote.user_id),
        category_id=arrival.category_of(guild_id, vote.channel_id),
        parent_id=arrival.parent_of(guild_id, vote.channel_id),
    )


TRANSLATORS = {"MESSAGE_POLL_VOTE_ADD": vote_add, "MESSAGE_POLL_VOTE_REMOVE": vote_remove}
