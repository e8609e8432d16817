"""Members' pictures, fetched from Discord for the cards: bounded in time, in size and in number.

A card never fails for want of a picture: what cannot be had in time is None, and a face is drawn.
"""

import asyncio
from collections import OrderedDict
from typing import Final

import aiohttp
import discord

SIZE: Final = 256
"""Pixels on each side that Discord is asked for."""
SECONDS: Final = 1.0
"""How long a card waits for a picture; the answer is deferred after a little more."""
MOST_BYTES: Final = 512 * 1024
"""A picture of that many pixels is smaller; whatever is larger is none that was asked for."""
KEPT: Final = 128


class Avatars:
    """The pictures that were fetched last, by their address: it changes with the picture."""

    def __init__(self, *, seconds: float = SECONDS, most_bytes: int = MOST_BYTES) -> None:
        """Nothing has been fetched."""
        self._seconds, self._most_bytes = seconds, most_bytes
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    async def of(self, user: discord.User | discord.Member) -> bytes | None:
        """The file of a member's own picture; None for who has none, or when it cannot be had."""
        asset = user.display_avatar
        if asset == user.default_avatar:
            return None
        asset = asset.replace(size=SIZE, format="png")
        if asset.url in self._kept:
            self._kept.move_to_end(asset.url)
            return self._kept[asset.url]
        try:
            async with asyncio.timeout(self._seconds):
                file = await asset.read()
        except (discord.DiscordException, aiohttp.ClientError, OSError):  # timeouts among them
            return None
        if len(file) > self._most_bytes:
            return None
        self._kept[asset.url] = file
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return file
