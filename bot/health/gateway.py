"""The connection to Discord: is each shard there, how fast does it answer, how often may we begin
anew."""

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

import aiohttp
import discord

from bot import metrics
from bot.health.findings import Finding, Part

SECONDS: Final = 600.0
"""Between two looks at how many identifies Discord still allows."""
START_SECONDS: Final = 1.0


class Gateway(Part):
    """The shards of one client."""

    def __init__(
        self, client: discord.AutoShardedClient, stands_by: Callable[[], bool] = lambda: False
    ) -> None:
        """Nothing is asked before :meth:`run`. ``stands_by`` is whether there are no shards for
        this process now."""
        self._client = client
        self._stands_by = stands_by

    def ready(self) -> Iterator[Finding]:
        """Whether every shard of this process is connected and has been told of its guilds."""
        if self._stands_by():
            yield Finding("gateway", "fine", "stands by: other processes run every shard")
            return
        for number, shard in sorted(self._client.shards.items()):
            connected = not shard.is_closed()
            detail = "connected" if connected else "not connected; it tries again by itself"
            yield Finding(f"shard {number}", "fine" if connected else "wrong", detail)
        if not self._client.is_ready():
            yield Finding("gateway", "wrong", "Discord has not told us of all servers yet")

    def measure(self) -> None:
        """Set what is known of each shard."""
        metrics.GUILDS.set(len(self._client.guilds))
        metrics.CONNECTED.clear()
        metrics.HEARTBEAT.clear()
        for number, shard in self._client.shards.items():
            metrics.CONNECTED.labels(str(number)).set(not shard.is_closed())
            if math.isfinite(shard.latency):
                metrics.HEARTBEAT.labels(str(number)).set(shard.latency)

    async def run(self) -> None:
        """Ask now and then how many identifies Discord still allows, until cancelled. When Discord
        does not say it, the last answer stands."""
        while True:
            while not self._client.is_ready():
                await asyncio.sleep(START_SECONDS)
            with suppress(discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError):
                limits = await self._client.fetch_session_start_limits()
                metrics.IDENTIFY_LEFT.set(limits.remaining)
                metrics.IDENTIFY_RESET.set(limits.reset_after / 1000)
            await asyncio.sleep(SECONDS)
