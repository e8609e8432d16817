"""``/economy``: what admins do to the economy and see of it. A module for each subcommand or few;
``bot/commands/economy.py`` puts them together."""

import discord
from discord import app_commands

economy = app_commands.Group(
    name="economy",
    description="The money of this server (admins)",
    guild_only=True,
    default_permissions=discord.Permissions(manage_guild=True),
)
