"""Reactions, given, taken back and cleared: observations, since Discord gives them no id."""

from collections.abc import Iterator
from typing import Any

from bot.gateway.numbered.reactions import ReactionsWiped, ReactionToggled
from bot.gateway.payload import Emoji, Payload, User
from bot.gateway.seen import Arrival, Seen
from events.engine.event import Snowflake


class _Place(Payload):
    channel_id: Snowflake
    message_id: Snowflake
    guild_id: Snowflake | None = None


class _Member(Payload):
    user: User | None = None


class _Toggle(_Place):
    user_id: Snowflake
    emoji: Emoji
    member: _Member | None = None
    message_author_id: Snowflake | None = None


class _ClearedEmoji(_Place):
    emoji: Emoji


def reaction_add(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """MESSAGE_REACTION_ADD."""
    yield _toggled(_Toggle.model_validate(data), arrival, on=True)


def reaction_remove(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """MESSAGE_REACTION_REMOVE."""
    yield _toggled(_Toggle.model_validate(data), arrival, on=False)


def reaction_remove_all(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """MESSAGE_REACTION_REMOVE_ALL."""
    yield _wiped(_Place.model_validate(data), arrival, None)


def reaction_remove_emoji(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """MESSAGE_REACTION_REMOVE_EMOJI."""
    cleared = _ClearedEmoji.model_validate(data)
    yield _wiped(cleared, arrival, cleared.emoji.key)


def _toggled(toggle: _Toggle, arrival: Arrival, *, on: bool) -> ReactionToggled:
    guild_id = toggle.guild_id or 0
    user = toggle.member.user if toggle.member else None
    return ReactionToggled(
        guild_id=guild_id,
        channel_id=toggle.channel_id,
        message_id=toggle.message_id,
        at=arrival.at,
        category_id=arrival.category_of(guild_id, toggle.channel_id),
        emoji=toggle.emoji.key,
        user_id=toggle.user_id,
        on=on,
        target_id=toggle.message_author_id,
        parent_id=arrival.parent_of(guild_id, toggle.channel_id),
        is_bot=user.bot if user else arrival.is_bot(toggle.user_id),
    )


def _wiped(place: _Place, arrival: Arrival, emoji: str | None) -> ReactionsWiped:
    guild_id = place.guild_id or 0
    return ReactionsWiped(
        guild_id=guild_id,
        channel_id=place.channel_id,
        message_id=place.message_id,
        at=arrival.at,
        category_id=arrival.category_of(guild_id, place.channel_id),
        emoji=emoji,
    )


TRANSLATORS = {
    "MESSAGE_REACTION_ADD": reaction_add,
    "MESSAGE_REACTION_REMOVE": reaction_remove,
    "MESSAGE_REACTION_REMOVE_ALL": reaction_remove_all,
    "MESSAGE_REACTION_REMOVE_EMOJI": reaction_remove_emoji,
}
