"""``python -m bot demo``: a real community's history, the real bot, no token and no network.

Nothing in here is shown to members of a real server; it drives the bot through a simulated Discord.
"""

from bot.demo.show import run

__all__ = ["run"]
