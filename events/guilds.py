"""Guilds: the bot was added, the bot was removed (an outage is neither).

Source ids: ``{guild}:guild_join:{joined at, ms}``, ``{guild}:guild_leave:{joined at, ms}``.
"""

from typing import ClassVar

from events.engine.event import Count, Event, Label, Snowflake


class GuildJoined(Event):
    """The bot is a member of the guild since ``occurred_at``."""

    event_type: ClassVar[str] = "guild_join"
    restated: ClassVar[frozenset[str]] = frozenset({"name", "member_count", "owner_id"})

    name: Label
    owner_id: Snowflake
    member_count: Count = 0


class GuildLeft(Event):
    """The bot was removed from the guild."""

    event_type: ClassVar[str] = "guild_leave"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at"})
