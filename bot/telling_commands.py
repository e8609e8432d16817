"""Tells Discord our commands, but only when they have changed: it allows 200 new ones a day.

The bot works without: Discord has the commands of before, so whatever goes wrong here is tried
again later and keeps nothing else waiting.
"""

import asyncio
import hashlib
import json
from datetime import timedelta
from typing import Any, Final

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.answer import Services
from bot.backoff import Dice, pause
from sql import command_sync
from sql.errors import DatabaseError

FIRST: Final = timedelta(minutes=1)
MOST: Final = timedelta(hours=1)

log = structlog.get_logger("tallystick.commands")


def digest(tree: app_commands.CommandTree[Any]) -> str:
    """sha256 of everything that Discord would be told about our commands, in hex."""
    commands = sorted(
        (command.to_dict(tree) for command in tree.get_commands()),
        key=lambda command: str(command["name"]),
    )
    return hashlib.sha256(json.dumps(commands, sort_keys=True).encode()).hexdigest()


async def tell(tree: app_commands.CommandTree[Any], services: Services) -> bool:
    """Tell Discord, if it does not know yet; whether it knows now."""
    application, now = tree.client.application_id or 0, digest(tree)
    try:
        if await services.work(command_sync.stored, services.database, application) != now:
            await tree.sync()
            await services.work(command_sync.store, services.database, application, now)
            log.info("commands_synced", count=len(tree.get_commands()))
    except DatabaseError as error:
        log.warning("commands_wait", why=str(error).splitlines()[0])
    except discord.HTTPException as error:
        log.warning("commands_wait", why=f"status {error.status}, code {error.code}")
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.warning("commands_wait", why=type(error).__name__)
    else:
        return True
    return False


async def tell_later(tree: app_commands.CommandTree[Any], services: Services, dice: Dice) -> None:
    """Tell Discord after growing pauses, until it knows."""
    times, told = 0, False
    while not told:
        times += 1
        await asyncio.sleep(pause(times, FIRST, MOST, dice).total_seconds())
        told = await tell(tree, services)
