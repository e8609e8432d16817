"""``/settings``: the rules of a server, as menus. A module for each subcommand or few;
``bot/commands/settings.py`` puts them together."""

import discord
from discord import app_commands

settings = app_commands.Group(
    name="settings",
    description="The rules of this server (admins)",
    guild_only=True,
    default_permissions=discord.Permissions(manage_guild=True),
)
