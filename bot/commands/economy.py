"""``/economy``: the subcommands of ``bot/economy/admin`` in one group."""

from bot.answer import Commands
from bot.economy.admin import adjusting, auditing, economy, resetting, ruling, supply

PARTS = (adjusting, auditing, resetting, ruling, supply)
"""The modules whose subcommands are in the group."""

COMMANDS: Commands = [economy]
