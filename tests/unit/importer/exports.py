"""Short ways to make exports in tests."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.importer.format import Head, Message
from bot.importer.translate import Skipped, translate
from events.engine.event import Event
from events.engine.snowflake import snowflake_at

START = datetime(2024, 3, 1, 12, tzinfo=UTC)
GUILD, CHANNEL, CATEGORY, AUTHOR = 9001, 5001, 4001, 7001
TEXT = "a very private sentence"


def message_id(number: int) -> int:
    """The id of a message sent ``number`` seconds after the start."""
    return snowflake_at(START + timedelta(seconds=number), number)


def user(user_id: int = AUTHOR, **more: Any) -> dict[str, Any]:
    """A user as the exporter writes one."""
    return {
        "id": str(user_id),
        "name": f"name{user_id}",
        "discriminator": "0000",
        "nickname": f"nick{user_id}",
        "color": None,
        "isBot": False,
        "roles": [],
        "avatarUrl": "https://cdn.discordapp.com/embed/avatars/0.png",
    } | more


def message(number: int = 1, **more: Any) -> dict[str, Any]:
    """Message ``number`` as the exporter writes one."""
    return {
        "id": str(message_id(number)),
        "type": "Default",
        "timestamp": "2024-03-01T12:00:01+00:00",
        "timestampEdited": None,
        "callEndedTimestamp": None,
        "isPinned": False,
        "content": TEXT,
        "author": user(),
        "attachments": [],
        "embeds": [],
        "stickers": [],
        "reactions": [],
        "mentions": [],
        "inlineEmojis": [],
    } | more


def reaction(
    name: str = "👋", emoji_id: str = "", count: int = 1, users: tuple[int, ...] = ()
) -> dict[str, Any]:
    """A reaction as the exporter writes one."""
    emoji = {"id": emoji_id, "name": name, "code": "wave", "isAnimated": False, "imageUrl": ""}
    return {"emoji": emoji, "count": count, "users": [user(u) for u in users]}


def export(*messages: dict[str, Any], guild: int = GUILD, **channel: Any) -> dict[str, Any]:
    """A whole export of one channel."""
    return {
        "guild": {"id": str(guild), "name": f"guild{guild}", "iconUrl": ""},
        "channel": {
            "id": str(CHANNEL),
            "type": "GuildTextChat",
            "categoryId": str(CATEGORY),
            "category": "Talk",
            "name": "channel",
            "topic": None,
        }
        | channel,
        "dateRange": {"after": None, "before": None},
        "exportedAt": "2024-04-01T00:00:00.1234567+02:00",
        "messages": list(messages),
        "messageCount": len(messages),
    }


def forum_post(post_id: int, *messages: dict[str, Any]) -> dict[str, Any]:
    """An export of a thread; the exporter gives its parent as the category."""
    return export(*messages, id=str(post_id), type="GuildPublicThread", categoryId="6001")


def write(folder: Path, name: str, content: dict[str, Any]) -> Path:
    """The export as a file."""
    path = folder / name
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
    return path


def translated(content: dict[str, Any]) -> list[Event | Skipped]:
    """What each message of an export becomes."""
    head = Head.model_validate(content)
    return [
        event
        for value in content["messages"]
        for event in translate(head, Message.model_validate(value))
    ]


def events_of(content: dict[str, Any]) -> list[Event]:
    """The events in an export."""
    return [e for e in translated(content) if isinstance(e, Event)]
