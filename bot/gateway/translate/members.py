"""Members who come, go and change."""

from collections.abc import Iterator
from typing import Any

from pydantic import AwareDatetime

from bot.gateway.numbered.members import MemberArrived, MemberGone, MemberSeen
from bot.gateway.payload import Payload, User
from bot.gateway.seen import Arrival, Seen
from events.engine.event import Snowflake
from events.engine.snowflake import to_ms
from events.members import MemberJoined


class _Joined(Payload):
    guild_id: Snowflake
    user: User
    nick: str | None = None
    joined_at: AwareDatetime


class _Left(Payload):
    guild_id: Snowflake
    user: User


class _Updated(Payload):
    guild_id: Snowflake
    user: User
    roles: list[Snowflake]
    nick: str | None = None


def member_add(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """GUILD_MEMBER_ADD."""
    member = _Joined.model_validate(data)
    fact = MemberJoined(
        guild_id=member.guild_id,
        source_id=f"{member.user.id}:member_join:{to_ms(member.joined_at)}",
        user_id=member.user.id,
        occurred_at=member.joined_at,
        name=member.nick or member.user.name,
        avatar=member.user.avatar,
        is_bot=member.user.bot,
    )
    yield MemberArrived(guild_id=member.guild_id, user_id=member.user.id, fact=fact)


def member_remove(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """GUILD_MEMBER_REMOVE: left, kicked or banned."""
    member = _Left.model_validate(data)
    yield MemberGone(
        guild_id=member.guild_id,
        user_id=member.user.id,
        at=arrival.at,
        is_bot=member.user.bot,
    )


def member_update(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """GUILD_MEMBER_UPDATE; a nickname that is left out has not changed."""
    member = _Updated.model_validate(data)
    yield MemberSeen(
        guild_id=member.guild_id,
        user_id=member.user.id,
        at=arrival.at,
        name=member.user.name,
        avatar=member.user.avatar,
        nick=member.nick,
        nick_told="nick" in member.model_fields_set,
        roles=tuple(sorted(member.roles)),
        is_bot=member.user.bot,
    )


TRANSLATORS = {
    "GUILD_MEMBER_ADD": member_add,
    "GUILD_MEMBER_REMOVE": member_remove,
    "GUILD_MEMBER_UPDATE": member_update,
}
