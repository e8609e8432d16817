"""The real bot, connected to the loopback Discord through the unpatched client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord as library

from bot.answer import Services
from bot.client import Tallystick
from bot.gateway.capture import Capture
from bot.gateway.spool import Spool
from events.engine.catalogue import decode
from sql import lake
from sql.pool import Database
from sql.writer import SECONDS, LakeWriter
from tests.support.discord import Loopback, redirected


@dataclass(frozen=True, slots=True)
class Connected:
    """A bot and what it works with."""

    client: Tallystick
    capture: Capture
    database: Database
    discord: Loopback
    running: "asyncio.Task[None]"

    async def recorded(self, guild_id: int, *kinds: type, settle: bool = True) -> list[Any]:
        """The facts of these kinds (of all, without kinds) that are in the lake, when the bot has
        taken in what it was told."""
        if settle:
            await self.discord.heard()
            await self.capture.drain()
        with self.database.transaction(guild_id) as conn:
            rows = lake.read(conn, guild_id, 0, 10_000)
        facts = [decode(row) for row in rows]
        return [fact for fact in facts if not kinds or isinstance(fact, kinds)]


@asynccontextmanager
async def connected(
    discord: Loopback,
    database: Database,
    *,
    services: type[Services] = Services,
    patience: float = 1.5,
    limit: float = 60.0,
    seconds: float = SECONDS,
    ready: bool = True,
    hurried: bool = False,
    spool: Spool | None = None,
    **options: Any,
) -> AsyncIterator[Connected]:
    """Start the bot, with ``options`` for its client, and wait until it is ready. The database may
    take long (``limit`` for a command, ``seconds`` for an answer to capture), since the machine may
    be busy. One that is ``hurried`` does not wait before it identifies anew."""
    writer = LakeWriter(database, seconds=seconds)
    options = {"guild_ready_timeout": 0.1, **options}
    client = Tallystick(services(database, writer, patience, limit), **options)
    if hurried:
        client.before_identify_hook = at_once  # type: ignore[method-assign]
    capture = Capture(database, writer, spool, clock=discord.clock, seconds=seconds)
    capture.install(client)
    await capture.start()
    try:
        async with online(discord, client) as running:
            if ready:
                await asyncio.wait_for(client.wait_until_ready(), 20)
            yield Connected(client, capture, database, discord, running)
    finally:
        await capture.stop()
        writer.close()


@asynccontextmanager
async def online(discord: Loopback, client: library.Client) -> AsyncIterator["asyncio.Task[None]"]:
    """``client`` logs in and connects, until the end of the block; the task that it runs in."""
    with redirected(discord.url):
        try:
            await client.login(discord.token)
            running = asyncio.create_task(client.connect())
            yield running
        finally:
            await client.close()
    await asyncio.wait({running}, timeout=10)


async def at_once(shard_id: int | None, *, initial: bool = False) -> None:
    """Identify without the five seconds that the library waits for Discord's sake."""
