"""REST about channels and what is in them: messages, reactions, polls, threads."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from tests.support.discord import payloads
from tests.support.discord.intents import unread
from tests.support.discord.models import DIRECT, Channel, Message, Payload, User
from tests.support.discord.rest import Call, Refusal, route
from tests.support.discord.writing import checked, write

SEND, HISTORY, MANAGE, THREADS = 1 << 11, 1 << 16, 1 << 13, 1 << 34


@route("GET", "/channels/{channel}")
def channel(call: Call) -> Any:
    """A channel or thread."""
    return payloads.channel(call.channel)


@route("GET", "/channels/{channel}/messages")
def history(call: Call) -> Any:
    """Messages, the newest first, ``before``, ``after`` or ``around`` one."""
    _need(call, call.channel, HISTORY)
    limit = call.asked("limit", 50, 100)
    found = sorted(call.channel.messages.values(), key=lambda one: one.id)
    if "after" in call.request.query:
        after = call.asked("after", 0)
        found = [one for one in found if one.id > after][:limit]
    elif "before" in call.request.query:
        before = call.asked("before", 0)
        found = [one for one in found if one.id < before][-limit:]
    elif "around" in call.request.query:
        around = call.asked("around", 0)
        found = sorted(found, key=lambda one: abs(one.id - around))[:limit]
        found.sort(key=lambda one: one.id)
    else:
        found = found[-limit:]
    return [_told(call, one) for one in reversed(found)]


@route("GET", "/channels/{channel}/messages/{message}")
def message(call: Call) -> Any:
    """One message."""
    return _told(call, call.message)


@route("POST", "/channels/{channel}/messages")
def say(call: Call) -> Any:
    """The bot writes. With ``enforce_nonce``, what it has written in the last minutes with the
    same nonce is answered instead."""
    where = call.channel
    _need(call, where, SEND)
    if where.type == DIRECT and not all(one.takes_direct_messages for one in where.recipients):
        raise Refusal(403, 50007, "Cannot send messages to this user")
    known = call.discord.nonces.known(where, call.body)
    if known is not None:
        return _told(call, known)
    found = write(call.world, where, checked(call))
    call.discord.nonces.remember(found)
    call.discord.tell("MESSAGE_CREATE", where.guild, payloads.told_message(found))
    return _told(call, found)


@route("PATCH", "/channels/{channel}/messages/{message}")
def edit(call: Call) -> Any:
    """The bot edits what it has written."""
    if call.message.author is not call.world.bot:
        raise Refusal(403, 50005, "Cannot edit a message authored by another user")
    call.discord.rewrite(call.message, checked(call, call.message))
    return _told(call, call.message)


@route("DELETE", "/channels/{channel}/messages/{message}")
def delete(call: Call) -> Any:
    """The bot deletes a message."""
    if call.message.author is not call.world.bot:
        _need(call, call.channel, MANAGE)
    call.discord.deletes(call.message)


@route("GET", "/channels/{channel}/messages/{message}/reactions/{emoji}")
def reactions(call: Call) -> Any:
    """Who gave one reaction, by user id."""
    given = call.message.reactions.get(unquote(call.text("emoji")), [])
    return _page(call, (call.world.users[user_id] for user_id in given))


@route("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me")
def react(call: Call) -> Any:
    """The bot reacts."""
    call.discord.reacts(call.world.bot, call.message, unquote(call.text("emoji")))


@route("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me")
def unreact(call: Call) -> Any:
    """The bot takes its reaction back."""
    call.discord.unreacts(call.world.bot, call.message, unquote(call.text("emoji")))


@route("GET", "/channels/{channel}/polls/{message}/answers/{answer}")
def voters(call: Call) -> Any:
    """Who gave one answer of a poll, by user id."""
    poll = call.message.poll
    if poll is None or call.number("answer") not in poll.answers:
        raise Refusal(404, 10008, "Unknown Message")
    given = poll.votes.get(call.number("answer"), [])
    return {"users": _page(call, (call.world.users[user_id] for user_id in given))}


@route("GET", "/channels/{channel}/threads/archived/public")
def archived(call: Call) -> Any:
    """The threads of a channel that are archived, those that were so last first."""
    _need(call, call.channel, HISTORY)
    guild, limit = call.channel.guild, call.asked("limit", 50, 100)
    threads = [] if guild is None else guild.threads.values()
    mine = [one for one in threads if one.archived and one.parent is call.channel]
    found = [(one.turned_at, one) for one in mine if one.turned_at is not None]
    before = call.request.query.get("before")
    if before is not None:
        found = [each for each in found if each[0] < datetime.fromisoformat(before)]
    found.sort(key=lambda each: each[0], reverse=True)
    return {
        "threads": [payloads.channel(one) for _, one in found[:limit]],
        "members": [],
        "has_more": len(found) > limit,
    }


@route("GET", "/channels/{channel}/threads/archived/private")
def archived_private(call: Call) -> Any:
    """The private ones; nobody opens any here."""
    _need(call, call.channel, THREADS)
    return {"threads": [], "members": [], "has_more": False}


@route("POST", "/channels/{channel}/typing")
def typing(call: Call) -> Any:
    """Nobody sees it."""


def _page(call: Call, users: Iterable[User]) -> list[Payload]:
    after, limit = call.asked("after", 0), call.asked("limit", 25, 100)
    found = sorted((user for user in users if user.id > after), key=lambda user: user.id)
    return [payloads.user(user) for user in found[:limit]]


def _told(call: Call, one: Message) -> Payload:
    """A message as the bot may read it."""
    found = payloads.message(one, call.world.bot)
    may_read = one.channel.guild is None or "message_content" in call.discord.terms.privileged
    return found if may_read else unread(found, call.world.bot.id)


def _need(call: Call, where: Channel, permission: int) -> None:
    if where.guild is not None:
        allowed = where.guild.members[call.world.bot.id].permissions
        if not allowed & permission:
            raise Refusal(403, 50013, "Missing Permissions")
