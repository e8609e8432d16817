"""``/season``: what members see of seasons, and what admins do with them. A module for each
subcommand or few; ``bot/commands/season.py`` puts them together."""

from discord import app_commands

season = app_commands.Group(
    name="season", description="The seasons of this server", guild_only=True
)
