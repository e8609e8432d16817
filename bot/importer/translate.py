"""One exported message into the events that live capture would have recorded. Decides nothing.

Not translated, but named in ``skipped``: a thread's starter message, which is the parent channel's
message shown once more; a message type whose name we do not know, since guessing a number could
reward or hide it; a reaction whose emoji is unreadable.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.importer.format import (
    DEFAULT,
    REPLY,
    THREAD_CREATED,
    THREAD_STARTER,
    Head,
    Message,
    Reaction,
    User,
)
from events.engine.event import Event
from events.engine.snowflake import created_at, to_ms
from events.messages import MessageCreated, MessageEdited
from events.reactions import ReactionAdded, ReactionsTallied
from events.threads import ThreadCreated

_AVATAR: Final = re.compile(r"/avatars/\d+/(\w+)\.")


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that becomes no event, and why."""

    reason: str


def translate(head: Head, message: Message) -> Iterator[Event | Skipped]:
    """The events of ``message``, in the order in which they must have happened.

    A :class:`ReactionsTallied` among them counts all reactions with its emoji; those whose giver
    is known have yet to be taken off (see :mod:`bot.importer.settle`).
    """
    number = message.number
    if number is None:
        yield Skipped(f"messages of the unknown type {message.type}")
    elif number == THREAD_STARTER:
        yield Skipped("thread starters, which are messages of the parent channel")
    else:
        yield _created(head, message, number)
        yield from _thread(head, message, number)
        if message.edited_at is not None:
            yield _edited(head, message, message.edited_at)
        for reaction in message.reactions:
            yield from _reactions(head, message, reaction)


def import_id(head: Head) -> str:
    """One guild's exports are one sequence, whenever and in however many files they come."""
    return f"dce:{head.stream_id}"


def _shared(head: Head) -> dict[str, Any]:
    return {
        "guild_id": head.stream_id,
        "channel_id": head.channel.id,
        "category_id": head.channel.category_id,
        "import_id": import_id(head),
    }


def _created(head: Head, message: Message, number: int) -> Event:
    count = message.attachment_count
    return MessageCreated(
        **_shared(head),
        source_id=f"{message.id}:message_create",
        user_id=message.author.id,
        occurred_at=created_at(message.id),
        message_id=message.id,
        message_type=number,
        parent_id=head.channel.thread_of,
        name=message.author.nickname or message.author.name,
        avatar=_avatar(message.author),
        is_bot=message.author.is_bot,
        length=message.length,
        attachments=len(message.attachments) if count is None else count,
        mentions=len(message.mentions),
        reply_to=message.reference.message_id if number == REPLY and message.reference else None,
    )


def _avatar(user: User) -> str | None:
    """The hash of the user's own avatar; neither the default one nor one for this guild only."""
    found = _AVATAR.search(user.avatar_url or "")
    return found[1] if found else None


def _thread(head: Head, message: Message, number: int) -> Iterator[Event]:
    """A thread that the message announces, or the forum post that it opens."""
    reference = message.reference
    forum = False
    if number == THREAD_CREATED:
        thread_id = (reference and reference.channel_id) or message.id
        parent_id: int | None = head.channel.id
    elif number == DEFAULT and head.channel.is_thread and message.id == head.channel.id:
        thread_id, parent_id, forum = message.id, head.channel.parent_id, True
    else:
        return
    yield ThreadCreated(
        **(_shared(head) | {"channel_id": parent_id}),
        source_id=f"{thread_id}:thread_create",
        user_id=message.author.id,
        occurred_at=created_at(thread_id),
        thread_id=thread_id,
        forum=forum,
        is_bot=message.author.is_bot,
    )


def _edited(head: Head, message: Message, edited_at: datetime) -> Event:
    return MessageEdited(
        **_shared(head),
        source_id=f"{message.id}:message_edit:{to_ms(edited_at)}",
        user_id=message.author.id,
        occurred_at=edited_at,
        message_id=message.id,
        length=message.length,
    )


def _reactions(head: Head, message: Message, reaction: Reaction) -> Iterator[Event | Skipped]:
    """Each giver's reaction, and a tally when some are not named. All at the message's time."""
    emoji = reaction.emoji.key
    if emoji is None:
        yield Skipped("reactions whose emoji is unreadable")
        return
    known = _shared(head) | {
        "target_id": message.author.id,
        "occurred_at": created_at(message.id),
        "message_id": message.id,
        "emoji": emoji,
    }
    for user in reaction.users:
        yield ReactionAdded(
            **known,
            source_id=f"{message.id}:reaction:{emoji}:{user.id}:1",
            user_id=user.id,
            ordinal=1,
            is_bot=user.is_bot,
            parent_id=head.channel.thread_of,
        )
    if len(reaction.users) < reaction.count:
        yield ReactionsTallied(
            **known,
            source_id=f"{message.id}:reaction_tally:{emoji}",
            parent_id=head.channel.thread_of,
            count=reaction.count,
        )
