"""When a shard may identify: Discord's limits, kept by all processes of the bot together.

One shard of a bucket (its id modulo max_concurrency) may identify in five seconds. The turns are
given out by the database one after the other, so that holds whichever process takes them. Discord
also allows so many identifies a day, and a bot that goes beyond loses its token: when few are left,
we wait.
"""

import asyncio
import random
import time
from typing import Final

import aiohttp
import discord
import structlog

from sql.errors import DatabaseUnreachable
from sql.pool import Database
from sql.shards import take_turn

PAUSE: Final = 6.0
"""Seconds from one turn to the next: Discord's five, and one for what is late."""
LATE: Final = 0.5
"""By how much a turn may be missed before another has to be taken."""
EARLY: Final = 3.0
"""So long before its turn a shard connects: who connects and says nothing is thrown out."""
KEPT: Final = 20
"""The last identifies of a day, one of so many, are not touched."""
ASK_SECONDS: Final = 60.0
"""Between two looks at how many are left."""
RETRY_SECONDS: Final = 5.0

log = structlog.get_logger("tallystick.turns")


class Turns:
    """Gives the shards of this process their turns."""

    def __init__(self, database: Database, *, pause: float = PAUSE) -> None:
        """``pause`` is in seconds, between two turns of a bucket."""
        self._database = database
        self._pause = pause
        self._concurrency = 1
        self._turns: dict[int, float] = {}
        """When the turn of each shard is that has taken one, by the monotonic clock."""
        self._last: dict[int, float] = {}
        """When the last turn of each bucket is that this process has had."""

    async def wait_for_budget(self, client: discord.AutoShardedClient) -> int:
        """Return when there are identifies to spend; how many shards Discord advises."""
        while True:
            try:
                advised, _, limit = await client.http.get_bot_gateway()
            except (discord.GatewayNotFound, aiohttp.ClientError, OSError) as error:
                log.warning("gateway_not_found", error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            self._concurrency = max(1, limit["max_concurrency"])
            if limit["remaining"] > limit["total"] // KEPT:
                return advised
            seconds = limit["reset_after"] / 1000
            log.warning("identifies_nearly_used_up", left=limit["remaining"], seconds=seconds)
            await asyncio.sleep(min(seconds + 1, ASK_SECONDS))

    async def before_connecting(self, client: discord.AutoShardedClient, shard_id: int) -> None:
        """Wait until it is nearly the shard's turn: minutes, if many start at once."""
        await self.wait_for_budget(client)
        self._turns[shard_id] = turn = await self._take(client, shard_id)
        await asyncio.sleep(turn - EARLY - time.monotonic())

    async def before_identifying(self, client: discord.AutoShardedClient, shard_id: int) -> None:
        """Wait until it is the shard's turn; another is taken if it had none or has missed it."""
        turn = self._turns.pop(shard_id, None)
        if turn is None:  # its session was lost
            await self.wait_for_budget(client)
        if turn is None or turn + LATE < time.monotonic():
            turn = await self._take(client, shard_id)
        await asyncio.sleep(turn - time.monotonic())

    async def _take(self, client: discord.AutoShardedClient, shard_id: int) -> float:
        """When our turn is, by the monotonic clock."""
        bucket = shard_id % self._concurrency
        try:
            seconds = await asyncio.to_thread(
                take_turn, self._database, client.application_id or 0, bucket, self._pause
            )
            turn = time.monotonic() + seconds
        except DatabaseUnreachable:
            # A collision costs another try; to be blind until the database is back costs events.
            log.warning("turn_not_given", shard=shard_id)
            turn = max(time.monotonic(), self._last.get(bucket, 0.0) + self._pause)
            turn += random.uniform(0, self._pause)
        self._last[bucket] = turn
        return turn
