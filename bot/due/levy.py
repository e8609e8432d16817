"""A levy on what members hold, once a week unless it is switched off."""

from bot.economy.upkeep import LEVY, due

DUE = due(LEVY)
