"""``/economy``: the subcommands of ``bot/economy_admin`` in one group."""

from bot.answer import Commands
from bot.economy_admin import adjusting, auditing, economy, resetting, ruling

PARTS = (adjusting, auditing, resetting, ruling)
"""The modules whose subcommands are in the group."""

COMMANDS: Commands = [economy]
