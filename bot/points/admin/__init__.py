"""``/points``: where and for whom XP counts more, less or not at all. A module for each subcommand
or few; ``bot/commands/points.py`` puts them together."""

import discord
from discord import app_commands

points = app_commands.Group(
    name="points",
    description="How points are made in this server (admins)",
    guild_only=True,
    default_permissions=discord.Permissions(manage_guild=True),
)

READS = ["settings"]
