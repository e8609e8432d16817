"""``/points``: the subcommands of ``bot/points/admin`` in one group."""

from bot.answer import Commands
from bot.points.admin import excluding, multiplying, points, showing

PARTS = (excluding, multiplying, showing)
"""The modules whose subcommands are in the group."""

COMMANDS: Commands = [points]
