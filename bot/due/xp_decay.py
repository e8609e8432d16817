"""XP of members who are away fades, once a week where it is switched on."""

from bot.points.xp_decay import READS, decide, waiting
from bot.schedule import Due

DUE = Due("xp_decay", READS, waiting, decide)
