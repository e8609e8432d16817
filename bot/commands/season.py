"""``/season``: the subcommands of ``bot/seasons/parts`` in one group."""

from bot.answer import Commands
from bot.seasons.parts import ending, planning, recurring, season, showing

PARTS = (ending, planning, recurring, showing)
"""The modules whose subcommands are in the group."""

COMMANDS: Commands = [season]
