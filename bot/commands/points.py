"""``/points``: the subcommands of ``bot/points_admin`` in one group."""

from bot.answer import Commands
from bot.points_admin import excluding, multiplying, points, showing

PARTS = (excluding, multiplying, showing)
"""The modules whose subcommands are in the group."""

COMMANDS: Commands = [points]
