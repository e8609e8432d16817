"""A small community in the loopback Discord."""

from tests.support.discord import Loopback
from tests.support.discord.models import Channel, Guild, Member


def community(discord: Loopback) -> tuple[Guild, Channel, Member, Member]:
    """A server with a channel and two members."""
    guild = discord.add_guild("Guild A")
    channel = guild.add_text_channel("general")
    return guild, channel, guild.add_member("alice"), guild.add_member("bob")
