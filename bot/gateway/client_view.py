"""What capture asks the Discord client: what its caches know."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import discord

from bot.gateway.seen import Arrival, Missed, Observation, RollCall
from bot.gateway.translate import translate

VOICE: Final = "VOICE_STATE_UPDATE"


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


def roll_calls(client: discord.Client, missed: Missed, at: datetime) -> Iterator[RollCall]:
    """Who is in voice in the guilds in which something was missed."""
    around = arrival(client, at)
    for guild_id in missed.guilds:
        guild = client.get_guild(guild_id)
        if guild is not None and not guild.unavailable:
            there = [
                seen
                for user_id, state in guild._voice_states.items()
                for seen in translate(VOICE, _voice(guild, user_id, state), around)
                if isinstance(seen, Observation)
            ]
            yield RollCall(guild_id, missed.began, at, tuple(there), missed.began)


def _voice(guild: discord.Guild, user_id: int, state: discord.VoiceState) -> dict[str, Any]:
    return {
        "guild_id": str(guild.id),
        "channel_id": None if state.channel is None else str(state.channel.id),
        "user_id": str(user_id),
        "session_id": state.session_id or "",
        "self_mute": state.self_mute,
        "self_deaf": state.self_deaf,
        "mute": state.mute,
        "deaf": state.deaf,
    }
