"""Short ways to make events in tests; ids are distinct by default, times go forward."""

from datetime import UTC, datetime, timedelta
from typing import Any

from events.messages import MessageCreated

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
GUILD = 1001


def at(seconds: float) -> datetime:
    """So many seconds after the start of the tests' world."""
    return START + timedelta(seconds=seconds)


def message(
    number: int, *, user: int = 2001, channel: int = 3001, seconds: float = 0, **more: Any
) -> MessageCreated:
    """Message ``number`` by ``user`` in ``channel``."""
    return MessageCreated(
        guild_id=more.pop("guild", GUILD),
        source_id=f"{number}:message_create",
        user_id=user,
        channel_id=channel,
        occurred_at=at(seconds),
        message_id=number,
        name=more.pop("name", f"user{user}"),
        **more,
    )
