"""The real bot in a simulated Discord, on a real database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import simcord

from bot.answer import Services
from bot.client import Tallystick
from bot.gateway.capture import Capture
from events.engine.catalogue import decode
from sql import lake
from sql.pool import Database
from sql.writer import SECONDS, LakeWriter

IDLE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class World:
    """A guild with a channel, an admin and two members, and the bot in it."""

    env: Any
    bot: Tallystick
    database: Database
    guild: Any
    channel: Any
    category: Any
    admin: Any
    alice: Any
    bob: Any
    role: Any
    capture: Capture


@asynccontextmanager
async def world(
    database: Database,
    *,
    patience: float = 1.5,
    limit: float = 60.0,
    seconds: float = SECONDS,
    settle_timeout: float = 5.0,
    services: type[Services] = Services,
    **more: Any,
) -> AsyncIterator[World]:
    """Start the bot and put people around it; ``services`` (given ``more``) may play tricks. The
    database may take long (``limit`` for a command, ``seconds`` for an answer to capture), since
    the machine may be busy with other tests. It fails
    when the bot is not at rest ``settle_timeout`` seconds after something was done."""
    writer = LakeWriter(database, seconds=seconds)
    given = services(database, writer, patience=patience, limit=limit, moment=limit, **more)
    bot = Tallystick(given, shard_count=1)
    capture = Capture(database, writer, seconds=seconds)
    capture.install(bot)
    await capture.start()
    try:
        async with simcord.run(bot, settle_timeout=settle_timeout) as env:
            guild = env.create_guild("Guild A")
            channel = guild.create_text_channel("general")
            rooms = guild.create_category("Rooms")
            import discord

            admins = guild.create_role("Admins", permissions=discord.Permissions(manage_guild=True))
            admin = guild.add_member(env.create_user("admin"), roles=[admins])
            alice = guild.add_member(env.create_user("alice"))
            bob = guild.add_member(env.create_user("bob"))
            await env.settle()
            await capture.drain()
            yield World(
                env, bot, database, guild, channel, rooms, admin, alice, bob, admins, capture
            )
    finally:
        await capture.stop()
        writer.close()


def text(result: Any) -> str:
    """All the words of the reply that a member sees."""
    message = result.response
    words = [message.content]
    for embed in message.embeds:
        words += [embed.title or "", embed.description or "", embed.footer.text or ""]
        words += [f"{field.name}: {field.value}" for field in embed.fields]
    return "\n".join(word for word in words if word)


def happened(w: World, *kinds: type) -> list[Any]:
    """The facts of these kinds that were recorded."""
    with w.database.transaction(w.guild.id) as conn:
        rows = lake.read(conn, w.guild.id, 0, 1000)
    return [event for event in map(decode, rows) if isinstance(event, kinds)]


def button(shown: Any, label: str) -> str:
    """The custom id of a button, as a member's own screen may still show it."""
    found = [b for row in shown.response.components for b in row["components"]]
    return str(next(b["custom_id"] for b in found if b.get("label") == label))


async def put_back(w: World, message_id: int, custom_id: str) -> None:
    """Have a message show a button that it no longer has: an old screen still does."""
    import discord

    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Again", custom_id=custom_id))
    channel = w.bot.get_channel(w.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.get_partial_message(message_id).edit(view=view)
