"""Tax on wallets, once a week where it is switched on."""

from bot.economy.upkeep import TAX, due

DUE = due(TAX)
