"""What capture asks the Discord client: what its caches know around a payload."""

from datetime import datetime

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
