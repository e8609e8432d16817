"""Gateway payloads as Discord documents them, and a client that holds nothing but parsers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from bot.gateway.seen import Arrival
from events.engine.snowflake import snowflake_at

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
GUILD, CHANNEL, CATEGORY, ALICE, BOB, ROBOT = 11, 21, 31, 41, 42, 49
MESSAGE = snowflake_at(START)
EMOJI = "\N{THUMBS UP SIGN}"

Payload = dict[str, Any]


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def around(seconds: float = 0) -> Arrival:
    categories = {(GUILD, CHANNEL): CATEGORY}
    return Arrival(
        at(seconds),
        lambda guild_id, channel_id: categories.get((guild_id, channel_id)),
        lambda user_id: user_id == ROBOT,
    )


def user(user_id: int = ALICE, **more: Any) -> Payload:
    return {
        "id": str(user_id),
        "username": f"user{user_id}",
        "discriminator": "0",
        "global_name": f"User {user_id}",
        "avatar": "a_0123456789abcdef",
        "public_flags": 0,
        **more,
    }


def member(**more: Any) -> Payload:
    return {
        "roles": ["52", "51"],
        "nick": None,
        "avatar": None,
        "joined_at": "2026-01-01T00:00:00.000000+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        **more,
    }


def message(message_id: int = MESSAGE, **more: Any) -> Payload:
    return {
        "id": str(message_id),
        "channel_id": str(CHANNEL),
        "guild_id": str(GUILD),
        "author": user(),
        "member": member(nick="Al", roles=[]),
        "content": "hello",
        "timestamp": "2026-03-02T09:00:00.000000+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
        **more,
    }


def deletion(message_id: int = MESSAGE) -> Payload:
    return {"id": str(message_id), "channel_id": str(CHANNEL), "guild_id": str(GUILD)}


def reaction(user_id: int = ALICE, emoji: str = EMOJI, **more: Any) -> Payload:
    return {
        "user_id": str(user_id),
        "channel_id": str(CHANNEL),
        "message_id": str(MESSAGE),
        "guild_id": str(GUILD),
        "emoji": {"id": None, "name": emoji},
        "burst": False,
        "type": 0,
        **more,
    }


def thread(thread_id: int = MESSAGE, **more: Any) -> Payload:
    return {
        "id": str(thread_id),
        "type": 11,
        "guild_id": str(GUILD),
        "parent_id": str(CHANNEL),
        "owner_id": str(ALICE),
        "name": "a thread",
        "thread_metadata": {"archived": False, "auto_archive_duration": 1440},
        "newly_created": True,
        **more,
    }


def vote(answer_id: int, user_id: int = ALICE) -> Payload:
    return {
        "user_id": str(user_id),
        "channel_id": str(CHANNEL),
        "message_id": str(MESSAGE),
        "guild_id": str(GUILD),
        "answer_id": answer_id,
    }


def scheduled(status: int, channel_id: int | None = 61, **more: Any) -> Payload:
    return {
        "id": "91",
        "guild_id": str(GUILD),
        "channel_id": None if channel_id is None else str(channel_id),
        "creator_id": str(ALICE),
        "name": "an evening",
        "scheduled_start_time": "2026-03-02T19:00:00.000000+00:00",
        "scheduled_end_time": None,
        "privacy_level": 2,
        "status": status,
        "entity_type": 2,
        "entity_id": None,
        "entity_metadata": None,
        **more,
    }


def voice(channel_id: int | None = 61, user_id: int = ALICE, **more: Any) -> Payload:
    return {
        "guild_id": str(GUILD),
        "channel_id": None if channel_id is None else str(channel_id),
        "user_id": str(user_id),
        "member": member(user=user(user_id)),
        "session_id": "90326bd25d71d39b9ef95b299e3872ff",
        "deaf": False,
        "mute": False,
        "self_deaf": False,
        "self_mute": False,
        "self_video": False,
        "suppress": False,
        "request_to_speak_timestamp": None,
        **more,
    }


def joined(user_id: int = ALICE, seconds: float = 0, **more: Any) -> Payload:
    joined_at = at(seconds).isoformat()
    return member(guild_id=str(GUILD), user=user(user_id), joined_at=joined_at, **more)


def left(user_id: int = ALICE) -> Payload:
    return {"guild_id": str(GUILD), "user": user(user_id)}


def updated(user_id: int = ALICE, **more: Any) -> Payload:
    return member(guild_id=str(GUILD), **{"user": user(user_id), **more})


def guild(seconds: float = 0, **more: Any) -> Payload:
    return {
        "id": str(GUILD),
        "name": "Guild A",
        "owner_id": str(BOB),
        "joined_at": at(seconds).isoformat(),
        "member_count": 7,
        "unavailable": False,
        "large": False,
        "members": [],
        "channels": [],
        **more,
    }


class Wire:
    """A client without Discord: its parsers do nothing but remember what reached them."""

    def __init__(self) -> None:
        self.parsed: list[str] = []
        self.ws = SimpleNamespace(shard_id=0, session_id="s1", sequence=None)
        self._connection = SimpleNamespace(parsers=_Parsers(self.parsed))
        self.intents = SimpleNamespace(message_content=False)
        self.guilds: list[Any] = []

    def _get_websocket(self, guild_id: int | None = None, *, shard_id: int | None = None) -> Any:
        return self.ws

    def get_guild(self, guild_id: int) -> None:
        return None

    def get_user(self, user_id: int) -> None:
        return None

    def send(self, name: str, data: Any, sequence: int | None = None) -> None:
        """What the gateway does with a dispatch."""
        self.ws.sequence = sequence
        self._connection.parsers[name](data)


class _Parsers(dict[str, Callable[[Any], Any]]):
    def __init__(self, parsed: list[str]) -> None:
        super().__init__()
        self._parsed = parsed

    def __missing__(self, name: str) -> Callable[[Any], Any]:
        return lambda data: self._parsed.append(name)
