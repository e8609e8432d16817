"""``/season``: the subcommands of ``bot/season_parts`` in one group."""

from bot.answer import Commands
from bot.season_parts import ending, planning, recurring, season, showing

PARTS = (ending, planning, recurring, showing)
"""The modules whose subcommands are in the group."""

COMMANDS: Commands = [season]
