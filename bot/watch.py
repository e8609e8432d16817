"""The bot keeps watch over itself: every few seconds it notes that it still sees everything.

Whoever comes after it finds by the notes for how long nobody did (``bot/gateway/gaps.py``).
"""

import asyncio

from bot.gateway.capture import Capture
from bot.gateway.gaps import SECONDS


class Watch:
    """Has a capture note that it is at work."""

    def __init__(self, capture: Capture, seconds: float = SECONDS) -> None:
        """Nothing is noted before :meth:`run`."""
        self._capture = capture
        self._seconds = seconds

    async def run(self) -> None:
        """Note it again and again, until cancelled."""
        while True:
            await asyncio.sleep(self._seconds)
            self._capture.note()
