"""The bot, pointed at a loopback Discord: ``python -m tests.support.discord.bot URL run``.

What follows the address is what ``python -m bot`` takes. Nothing of the bot is changed; only the
two addresses that its library begins with are others.
"""

import sys

from bot.cli import main
from tests.support.discord.server import redirected

if __name__ == "__main__":
    url = sys.argv.pop(1)
    with redirected(url):
        main()
