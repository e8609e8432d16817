"""Interest on banks, once a week where it is switched on."""

from bot.economy.upkeep import INTEREST, due

DUE = due(INTEREST)
