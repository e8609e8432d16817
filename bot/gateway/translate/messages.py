"""Messages, written, edited and deleted. Their text is measured and let go."""

from collections.abc import Iterator
from typing import Any, Final

from pydantic import AwareDatetime, Field

from bot.gateway.measure import UNKNOWN, made
from bot.gateway.numbered.members import MemberSeen
from bot.gateway.payload import Nicknamed, Payload, User
from bot.gateway.seen import Arrival, Ignored, Seen
from events.engine.event import Count, Snowflake
from events.engine.snowflake import created_at, to_ms
from events.messages import MessageCreated, MessageDeleted, MessageEdited

REPLY: Final = 19
THREAD_STARTER: Final = 21
"""The parent channel's message, shown once more at the top of its thread."""


class _Reference(Payload):
    message_id: Snowflake | None = None


class _Author(Payload):
    id: Snowflake


class _Answered(Payload):
    """The message that is answered; what a webhook wrote has no member for an author."""

    author: _Author
    webhook_id: Snowflake | None = None


class _Member(Nicknamed):
    roles: list[Snowflake] = Field(default_factory=list)


class _Message(Payload):
    id: Snowflake
    channel_id: Snowflake
    guild_id: Snowflake | None = None
    author: User
    member: _Member | None = None
    webhook_id: Snowflake | None = None
    type: Count = 0
    content: str = ""
    attachments: list[Any] = Field(default_factory=list)
    mentions: list[Any] = Field(default_factory=list)
    message_reference: _Reference | None = None
    referenced_message: _Answered | None = None

    @property
    def answers(self) -> int | None:
        """Whose message this one answers, where Discord says so."""
        found = self.referenced_message if self.type == REPLY else None
        return None if found is None or found.webhook_id is not None else found.author.id


class _Update(Payload):
    id: Snowflake
    channel_id: Snowflake
    guild_id: Snowflake | None = None
    author: _Author | None = None
    content: str = ""
    edited_timestamp: AwareDatetime | None = None


class _Delete(Payload):
    id: Snowflake
    channel_id: Snowflake
    guild_id: Snowflake | None = None


class _BulkDelete(Payload):
    ids: list[Snowflake]
    channel_id: Snowflake
    guild_id: Snowflake | None = None


def message_create(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """MESSAGE_CREATE, of members, bots, webhooks and Discord itself; as in an import. It is also
    where we learn of the roles of members who had them before we came."""
    message = _Message.model_validate(data)
    if message.type == THREAD_STARTER:
        yield Ignored("thread_starter")
        return
    guild_id = message.guild_id or 0
    reference = message.message_reference if message.type == REPLY else None
    nick = message.member.nick if message.member else None
    how = made(message.content) if arrival.reads_text else UNKNOWN
    if message.member is not None and message.member.roles:
        yield _member(message, message.member, guild_id, arrival)
    yield MessageCreated(
        guild_id=guild_id,
        source_id=f"{message.id}:message_create",
        user_id=message.author.id,
        target_id=message.answers,
        channel_id=message.channel_id,
        occurred_at=created_at(message.id),
        message_id=message.id,
        message_type=message.type,
        name=nick or message.author.name,
        avatar=message.author.avatar,
        is_bot=message.author.bot or message.webhook_id is not None,
        length=len(message.content),
        attachments=len(message.attachments),
        mentions=len(message.mentions),
        reply_to=reference.message_id if reference else None,
        category_id=arrival.category_of(guild_id, message.channel_id),
        parent_id=arrival.parent_of(guild_id, message.channel_id),
        code=how.code,
        link=how.link,
        emoji=how.emoji,
    )


def _member(message: _Message, member: _Member, guild_id: int, arrival: Arrival) -> MemberSeen:
    return MemberSeen(
        guild_id=guild_id,
        user_id=message.author.id,
        at=arrival.at,
        name=message.author.name,
        avatar=message.author.avatar,
        nick=member.nick,
        nick_told="nick" in member.model_fields_set,
        roles=tuple(sorted(member.roles)),
        is_bot=message.author.bot,
    )


def message_update(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """MESSAGE_UPDATE; without an edit time it is a preview, a pin or the like."""
    update = _Update.model_validate(data)
    if update.edited_timestamp is None:
        yield Ignored("not_an_edit")
        return
    guild_id = update.guild_id or 0
    yield MessageEdited(
        guild_id=guild_id,
        source_id=f"{update.id}:message_edit:{to_ms(update.edited_timestamp)}",
        user_id=update.author.id if update.author else None,
        channel_id=update.channel_id,
        occurred_at=update.edited_timestamp,
        message_id=update.id,
        length=len(update.content),
        category_id=arrival.category_of(guild_id, update.channel_id),
    )


def message_delete(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """MESSAGE_DELETE."""
    one = _Delete.model_validate(data)
    yield _deleted(one, one.id, arrival, bulk=False)


def message_delete_bulk(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """MESSAGE_DELETE_BULK: a fact for each message."""
    many = _BulkDelete.model_validate(data)
    if not many.ids:
        yield Ignored("nothing_deleted")
    for message_id in many.ids:
        yield _deleted(many, message_id, arrival, bulk=True)


def _deleted(
    data: _Delete | _BulkDelete, message_id: int, arrival: Arrival, *, bulk: bool
) -> MessageDeleted:
    guild_id = data.guild_id or 0
    return MessageDeleted(
        guild_id=guild_id,
        source_id=f"{message_id}:message_delete",
        channel_id=data.channel_id,
        occurred_at=arrival.at,
        message_id=message_id,
        bulk=bulk,
        category_id=arrival.category_of(guild_id, data.channel_id),
    )


TRANSLATORS = {
    "MESSAGE_CREATE": message_create,
    "MESSAGE_UPDATE": message_update,
    "MESSAGE_DELETE": message_delete,
    "MESSAGE_DELETE_BULK": message_delete_bulk,
}
