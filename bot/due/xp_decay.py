"""XP of members who are away fades, once a week where it is switched on."""

from bot.schedule import Due
from bot.xp_decay import READS, decide, waiting

DUE = Due("xp_decay", READS, waiting, decide)
