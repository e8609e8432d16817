"""What capture asks the Discord client: caches, and where in its session a shard stands."""

from datetime import datetime
from typing import Any

import discord

from bot.gateway.seen import Arrival


def arrival(client: discord.Client, at: datetime) -> Arrival:
    """What ``client`` knows around a payload that came in ``at``."""

    def category_of(guild_id: int, channel_id: int) -> int | None:
        guild = client.get_guild(guild_id)
        channel = guild and guild.get_channel_or_thread(channel_id)
        if isinstance(channel, discord.Thread):
            channel = channel.parent
        return channel.category_id if channel else None

    def parent_of(guild_id: int, channel_id: int) -> int | None:
        guild = client.get_guild(guild_id)
        thread = guild and guild.get_thread(channel_id)
        return thread.parent_id if thread else None

    def is_forum(guild_id: int, channel_id: int) -> bool:
        guild = client.get_guild(guild_id)
        return guild is not None and isinstance(guild.get_channel(channel_id), discord.ForumChannel)

    def afk_of(guild_id: int) -> int | None:
        guild = client.get_guild(guild_id)
        return guild.afk_channel.id if guild and guild.afk_channel else None

    def is_bot(user_id: int) -> bool:
        user = client.get_user(user_id)
        return user is not None and user.bot

    reads_text = client.intents.message_content
    return Arrival(at, category_of, is_bot, parent_of, is_forum, afk_of, reads_text)


class Replays:
    """Tells a dispatch that a shard's session has delivered before (it happens after a RESUME).

    While a payload is parsed, its shard's websocket carries its sequence number. Where there is
    none (in the simulator), nothing counts as a replay.
    """

    def __init__(self, client: discord.Client) -> None:
        """Nothing has been seen of any session."""
        self._client = client
        self._newest: dict[int | None, tuple[str, int]] = {}

    def is_replay(self, guild_id: int | None) -> bool:
        """Whether the payload now being parsed (of a guild, or of direct messages) came before."""
        ws = self._websocket(guild_id)
        session, sequence = getattr(ws, "session_id", None), getattr(ws, "sequence", None)
        if session is None or sequence is None:
            return False
        shard_id = getattr(ws, "shard_id", None)
        newest = self._newest.get(shard_id)
        if newest is not None and newest[0] == session and sequence <= newest[1]:
            return True
        self._newest[shard_id] = (session, sequence)
        return False

    def _websocket(self, guild_id: int | None) -> Any:
        try:
            if guild_id is None:
                return self._client._get_websocket(shard_id=0)
            return self._client._get_websocket(guild_id)
        except (AttributeError, KeyError, TypeError):
            return None  # not connected through a websocket
