"""What Discord still knows, told once more as the gateway would have told it.

REST's objects become the payloads of the gateway, and those go through the same translators, so
what was captured and what is fetched are the same facts under the same keys. REST leaves out the
author's member, and the cache has it. What has no time of its own (a reaction, a leave) gets the
time at which the gap ended.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import discord

from bot.gateway.history import Payload
from bot.gateway.seen import Arrival, Observation, Seen, Standing
from bot.gateway.translate import translate
from events.engine.snowflake import created_at

MARGIN: Final = timedelta(seconds=30)
"""So much before a gap is fetched too: what happened then may have been on its way."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The bot was blind in a guild from one moment to another; ``uncached``: what Discord skipped
    is not in the client's caches either."""

    guild_id: int
    began: datetime
    ended: datetime
    uncached: bool

    @property
    def since(self) -> datetime:
        """From when on things are told again."""
        return self.began - MARGIN

    def holds(self, moment: datetime) -> bool:
        """Whether something at this moment may have been missed."""
        return self.since <= moment <= self.ended + MARGIN


def message_told(message: Payload, guild: discord.Guild) -> Payload:
    """A message of REST as the gateway would tell it."""
    told = {**message, "guild_id": str(guild.id)}
    member = guild.get_member(int(message["author"]["id"]))
    if member is not None and "webhook_id" not in message:
        told["member"] = {"nick": member.nick, "roles": _roles(member)}
    return told


def of_message(told: Payload, gap: Gap, around: Arrival) -> Iterator[Seen]:
    """The message itself and its last edit, as far as they are of the gap."""
    if gap.holds(created_at(int(told["id"]))):
        yield from translate("MESSAGE_CREATE", told, around)
    edited = told.get("edited_timestamp")
    if edited is not None and datetime.fromisoformat(edited) >= gap.since:
        yield from translate("MESSAGE_UPDATE", told, around)


def of_reactions(
    told: Payload, reacted: Iterable[tuple[Payload, Payload]], around: Arrival
) -> Standing:
    """All reactions to a message as they stand."""
    place = _place(told)
    on = [
        place
        | {"emoji": emoji, "user_id": user["id"], "member": {"user": user}}
        | ({} if "webhook_id" in told else {"message_author_id": told["author"]["id"]})
        for emoji, user in reacted
    ]
    off = place | {"emoji": {"id": None, "name": "?"}, "user_id": "0"}
    return _standing("MESSAGE_REACTION_ADD", on, "MESSAGE_REACTION_REMOVE", off, around)


def of_poll(told: Payload, voted: Iterable[tuple[int, Payload]], around: Arrival) -> Standing:
    """All votes in a message's poll as they stand."""
    place = _place(told)
    on = [place | {"answer_id": answer_id, "user_id": user["id"]} for answer_id, user in voted]
    off = place | {"answer_id": 0, "user_id": "0"}
    return _standing("MESSAGE_POLL_VOTE_ADD", on, "MESSAGE_POLL_VOTE_REMOVE", off, around)


def _place(told: Payload) -> Payload:
    return {
        "guild_id": told["guild_id"],
        "channel_id": told["channel_id"],
        "message_id": told["id"],
    }


def _standing(
    name: str, on: Iterable[Payload], name_off: str, off: Payload, around: Arrival
) -> Standing:
    return Standing(
        tuple(_observed(name, data, around) for data in on), _observed(name_off, off, around)
    )


def _observed(name: str, data: Payload, around: Arrival) -> Observation:
    (seen,) = translate(name, data, around)
    assert isinstance(seen, Observation)
    return seen


def of_thread(thread: discord.Thread, gap: Gap, around: Arrival) -> Iterator[Seen]:
    """A thread that was opened in the gap."""
    opened = thread.created_at or created_at(thread.id)
    if gap.holds(opened):
        data = {
            "id": str(thread.id),
            "guild_id": str(thread.guild.id),
            "parent_id": str(thread.parent_id),
            "owner_id": str(thread.owner_id),
            "newly_created": True,
        }
        yield from translate("THREAD_CREATE", data, around)


@dataclass(frozen=True, slots=True)
class Known:
    """What the lake knows of a member who is present by it."""

    name: str | None
    avatar: str | None
    roles: tuple[int, ...]


def of_member(
    member: discord.Member, known: Known | None, gap: Gap, around: Arrival
) -> Iterator[Seen]:
    """A member who joined in the gap, or who is not as the lake knows them. Somebody it does not
    know at all was there before us, and is told of when they do something."""
    roles, nick, user = _roles(member), member.nick, _user(member)
    told = {"guild_id": str(gap.guild_id), "user": user, "nick": nick, "roles": roles}
    joined = member.joined_at
    if joined is not None and gap.holds(joined):
        yield from translate("GUILD_MEMBER_ADD", told | {"joined_at": joined.isoformat()}, around)
        changed = bool(roles or nick)
    elif known is None or known.name is None:
        return
    else:
        name = nick or user["global_name"] or user["username"]
        now = (name, user["avatar"], tuple(sorted(map(int, roles))))
        changed = now != (known.name, known.avatar, known.roles)
    if changed:
        yield from translate("GUILD_MEMBER_UPDATE", told, around)


def of_absent(user_id: int, gap: Gap, around: Arrival) -> Iterator[Seen]:
    """Somebody who left in the gap."""
    user = {"id": str(user_id), "username": "?"}
    data = {"guild_id": str(gap.guild_id), "user": user}
    yield from translate("GUILD_MEMBER_REMOVE", data, around)


def at_the_end(gap: Gap, around: Arrival) -> Arrival:
    """``around``, as if everything had come in when the gap ended."""
    return replace(around, at=gap.ended)


def _roles(member: discord.Member) -> list[str]:
    return [str(role.id) for role in member.roles if not role.is_default()]


def _user(member: discord.Member) -> dict[str, Any]:
    return {
        "id": str(member.id),
        "username": member.name,
        "global_name": member.global_name,
        "avatar": member.avatar.key if member.avatar else None,
        "bot": member.bot,
    }
