"""What there is, in Discord's words: one function for each kind of object. They change nothing."""

from datetime import datetime
from typing import Any

from tests.support.discord.models import (
    CATEGORY,
    DIRECT,
    FORUM,
    THREAD,
    VOICE,
    Channel,
    Guild,
    Member,
    Message,
    Payload,
    Poll,
    Role,
    ScheduledEvent,
    User,
    Voice,
)


def user(who: User) -> Payload:
    """A user."""
    return {
        "id": str(who.id),
        "username": who.name,
        "discriminator": "0",
        "global_name": None if who.bot else who.name,
        "avatar": who.avatar,
        "bot": who.bot,
        "public_flags": 0,
    }


def member(who: Member, *, with_user: bool = True) -> Payload:
    """A member of a server."""
    found: Payload = {
        "roles": [str(role_id) for role_id in sorted(who.roles)],
        "nick": who.nick,
        "avatar": None,
        "joined_at": who.joined_at.isoformat(timespec="microseconds"),
        "premium_since": _time(who.premium_since),
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": None,
    }
    return found | {"user": user(who.user)} if with_user else found


def role(one: Role) -> Payload:
    """A role."""
    return {
        "id": str(one.id),
        "name": one.name,
        "permissions": str(one.permissions),
        "position": one.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": one.managed,
        "mentionable": False,
        "flags": 0,
    }


def channel(one: Channel) -> Payload:
    """A channel of a server, a thread or a direct one."""
    found: Payload = {"id": str(one.id), "type": one.type}
    if one.messages:
        found["last_message_id"] = str(max(one.messages))
    if one.type == DIRECT:
        return found | {"recipients": [user(who) for who in one.recipients]}
    assert one.guild is not None
    found |= {"guild_id": str(one.guild.id), "name": one.name, "parent_id": _id(one.parent)}
    if one.type == THREAD:
        return found | _thread(one)
    found |= {"position": 0, "permission_overwrites": [], "nsfw": False}
    if one.type == VOICE:
        found |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    elif one.type == FORUM:
        found |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
    if one.type != CATEGORY:
        found |= {"topic": None, "rate_limit_per_user": 0}
    return found


def _thread(one: Channel) -> Payload:
    return {
        "owner_id": _id(one.owner),
        "rate_limit_per_user": 0,
        "message_count": len(one.messages),
        "member_count": 1,
        "total_message_sent": len(one.messages),
        "applied_tags": [],
        "flags": 0,
        "thread_metadata": {
            "archived": one.archived,
            "auto_archive_duration": 1440,
            "archive_timestamp": _time(one.turned_at or one.at),
            "create_timestamp": _time(one.at),
            "locked": False,
        },
    }


def emoji(key: str) -> Payload:
    """An emoji: a character, or ``name:id`` for one that a server has made."""
    name, _, emoji_id = key.partition(":")
    return {"id": emoji_id or None, "name": name}


def message(one: Message, reader: User | None = None, *, in_reply: bool = False) -> Payload:
    """A message as REST tells it to ``reader``."""
    found: Payload = {
        "id": str(one.id),
        "channel_id": str(one.channel.id),
        "author": user(one.author),
        "content": one.content,
        "timestamp": one.at.isoformat(timespec="microseconds"),
        "edited_timestamp": _time(one.edited_at),
        "tts": False,
        "mention_everyone": False,
        "mentions": [user(who) for who in one.mentions],
        "mention_roles": [],
        "attachments": list(one.attachments),
        "embeds": [{"type": "rich", **embed} for embed in one.embeds],
        "components": list(one.components),
        "pinned": False,
        "type": one.type,
        "flags": one.flags,
    }
    if one.nonce is not None:
        found["nonce"] = one.nonce
    if one.webhook_id is not None:
        found["webhook_id"] = str(one.webhook_id)
    if one.interaction is not None:
        found["interaction_metadata"] = one.interaction
        found["application_id"] = str(one.author.id)
    if one.reactions:
        found["reactions"] = [_reaction(key, ids, reader) for key, ids in one.reactions.items()]
    if one.poll is not None:
        found["poll"] = poll(one.poll, reader)
    if one.reference is not None and not in_reply:
        found["message_reference"] = {
            "type": 0,
            "message_id": str(one.reference.id),
            "channel_id": str(one.reference.channel.id),
        }
        found["referenced_message"] = message(one.reference, reader, in_reply=True)
    return found


def told_message(one: Message) -> Payload:
    """A message as the gateway tells it: with the server, and the author as its member."""
    found = message(one)
    guild = one.channel.guild
    if guild is not None:
        found["guild_id"] = str(guild.id)
        if one.author.id in guild.members and one.webhook_id is None:
            found["member"] = member(guild.members[one.author.id], with_user=False)
    return found


def _reaction(key: str, ids: list[int], reader: User | None) -> Payload:
    return {
        "emoji": emoji(key),
        "count": len(ids),
        "count_details": {"normal": len(ids), "burst": 0},
        "me": reader is not None and reader.id in ids,
        "me_burst": False,
        "burst_colors": [],
    }


def poll(one: Poll, reader: User | None = None) -> Payload:
    """A poll with its results."""
    counts = [
        {
            "id": answer_id,
            "count": len(one.votes.get(answer_id, [])),
            "me_voted": reader is not None and reader.id in one.votes.get(answer_id, []),
        }
        for answer_id in one.answers
    ]
    return {
        "question": {"text": one.question},
        "answers": [
            {"answer_id": answer_id, "poll_media": {"text": text}}
            for answer_id, text in one.answers.items()
        ],
        "expiry": one.ends_at.isoformat(timespec="microseconds"),
        "allow_multiselect": one.multiple,
        "layout_type": 1,
        "results": {"is_finalized": one.finished, "answer_counts": counts},
    }


def voice(one: Voice) -> Payload:
    """How a member stands in voice, as a list of a server's voice states has it."""
    return {
        "channel_id": _id(one.channel),
        "user_id": str(one.member.id),
        "session_id": one.session_id,
        "deaf": one.deaf,
        "mute": one.mute,
        "self_deaf": one.self_deaf,
        "self_mute": one.self_mute,
        "self_video": False,
        "suppress": False,
        "request_to_speak_timestamp": None,
    }


def told_voice(one: Voice) -> Payload:
    """The same as the gateway or REST tells it by itself."""
    return voice(one) | {"guild_id": str(one.member.guild.id), "member": member(one.member)}


def scheduled_event(one: ScheduledEvent) -> Payload:
    """A scheduled event."""
    return {
        "id": str(one.id),
        "guild_id": str(one.guild.id),
        "channel_id": _id(one.channel),
        "creator_id": str(one.creator.id),
        "creator": user(one.creator),
        "name": one.name,
        "description": None,
        "scheduled_start_time": one.starts_at.isoformat(timespec="microseconds"),
        "scheduled_end_time": None,
        "privacy_level": 2,
        "status": one.status,
        "entity_type": 3 if one.channel is None else 2,
        "entity_id": None,
        "entity_metadata": {"location": "elsewhere"} if one.channel is None else None,
        "image": None,
        "user_count": 0,
    }


def guild(one: Guild) -> Payload:
    """A server as REST tells it."""
    return {
        "id": str(one.id),
        "name": one.name,
        "owner_id": str(one.owner_id),
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": None,
        "afk_channel_id": _id(one.afk),
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "premium_tier": 0,
        "premium_subscription_count": one.boosts,
        "preferred_locale": "en-US",
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "vanity_url_code": None,
        "application_id": None,
        "max_members": 500000,
        "features": [],
        "emojis": [],
        "stickers": [],
        "nsfw_level": 0,
        "premium_progress_bar_enabled": False,
        "roles": [role(each) for each in sorted(one.roles.values(), key=lambda each: each.id)],
    }


def guild_create(one: Guild) -> Payload:
    """A server as the gateway tells it at a connect. Without the presence intent that is only the
    members who are in voice and ourselves; the others are asked for."""
    near = {one.world.bot.id, *one.voices}
    return guild(one) | {
        "joined_at": one.joined_at.isoformat(timespec="microseconds"),
        "large": len(one.members) > 250,
        "unavailable": False,
        "member_count": len(one.members),
        "members": [member(who) for who in one.members.values() if who.id in near],
        "channels": [channel(each) for each in one.channels.values()],
        "threads": [channel(each) for each in one.threads.values() if not each.archived],
        "voice_states": [voice(each) for each in one.voices.values()],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [scheduled_event(each) for each in one.events.values()],
        "soundboard_sounds": [],
    }


def _id(one: Any) -> str | None:
    return None if one is None else str(one.id)


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="microseconds")
