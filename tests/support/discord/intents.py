"""Who is told what: the intents of an IDENTIFY, and the privilege of reading what is written."""

from fnmatch import fnmatchcase
from typing import Final

from tests.support.discord.models import Payload

MEMBERS, PRESENCES, CONTENT = 1 << 1, 1 << 8, 1 << 15
PRIVILEGED: Final = {"members": MEMBERS, "presences": PRESENCES, "message_content": CONTENT}
_GUILD: Final = {
    "GUILD_MEMBER_*": MEMBERS,
    "GUILD_SCHEDULED_EVENT_*": 1 << 16,
    "GUILD_*": 1 << 0,
    "CHANNEL_*": 1 << 0,
    "THREAD_*": 1 << 0,
    "VOICE_STATE_*": 1 << 7,
    "MESSAGE_REACTION_*": 1 << 10,
    "MESSAGE_POLL_*": 1 << 24,
    "MESSAGE_*": 1 << 9,
}
_DIRECT: Final = {"MESSAGE_REACTION_*": 1 << 13, "MESSAGE_POLL_*": 1 << 25, "MESSAGE_*": 1 << 12}
_ALWAYS: Final = frozenset({"GUILD_MEMBERS_CHUNK", "READY", "RESUMED", "INTERACTION_CREATE"})
_WRITTEN: Final = {"content": "", "embeds": [], "attachments": [], "components": []}


def seen_with(intents: int, name: str, data: Payload, bot_id: int) -> Payload | None:
    """What a session with ``intents`` is told of a dispatch: all, less, or nothing."""
    if name in _ALWAYS:
        return data
    in_guild = "guild_id" in data or name in ("GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE")
    for pattern, intent in (_GUILD if in_guild else _DIRECT).items():
        if fnmatchcase(name, pattern):
            if not intents & intent:
                return None
            break
    written = name in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and "guild_id" in data
    return unread(data, bot_id) if written and not intents & CONTENT else data


def unread(message: Payload, bot_id: int) -> Payload:
    """A message of a server, without what others than the bot have written into it. What mentions
    the bot may be read."""
    author = int(message["author"]["id"])
    mentioned = [int(user["id"]) for user in message["mentions"]]
    if bot_id in (author, *mentioned):
        return message
    hidden = message | _WRITTEN
    hidden.pop("poll", None)
    if hidden.get("referenced_message"):
        hidden["referenced_message"] = unread(hidden["referenced_message"], bot_id)
    return hidden
