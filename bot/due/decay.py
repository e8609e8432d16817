"""Decay of idle wallets, once a week where it is switched on."""

from bot.economy.upkeep import DECAY, due

DUE = due(DECAY)
