"""What Discord itself says about our token, intents and permissions, over plain HTTP."""

import asyncio
from typing import Final, Literal

import aiohttp
import discord

from bot.client import intents

State = Literal["fine", "skipped", "wrong"]
Diagnosis = tuple[str, State, str]
TIMEOUT: Final = 10.0
"""Seconds for all of Discord's answers together."""

NEEDED: Final = discord.Permissions(
    view_channel=True, send_messages=True, embed_links=True, read_message_history=True
)


async def diagnose(token: str) -> list[Diagnosis]:
    """Ask Discord, and say what is wrong and what to do."""
    client = discord.Client(intents=intents())
    try:
        async with asyncio.timeout(TIMEOUT):
            await client.login(token)
            found: list[Diagnosis] = [("token", "fine", f"logs in as {client.user}")]
            found.append(await _intents(client))
            found += await _permissions(client)
            return found
    except discord.LoginFailure:
        return [("token", "wrong", "Discord does not accept it; reset it and set it again")]
    except (TimeoutError, aiohttp.ClientError, discord.HTTPException, OSError) as error:
        return [("token", "skipped", f"Discord cannot be asked now ({type(error).__name__})")]
    finally:
        await client.close()


async def _intents(client: discord.Client) -> Diagnosis:
    flags = (await client.application_info()).flags
    if flags.gateway_guild_members or flags.gateway_guild_members_limited:
        return ("intents", "fine", "Server Members Intent is ticked")
    return ("intents", "wrong", "tick Server Members Intent in the developer portal, under Bot")


async def _permissions(client: discord.Client) -> list[Diagnosis]:
    """What the bot may do in each server, as far as its own roles there say."""
    found: list[Diagnosis] = []
    async for guild in client.fetch_guilds(limit=20):
        held = await _held(client, guild)
        missing = [name for name, wanted in NEEDED if wanted and not getattr(held, name)]
        if held.administrator or not missing:
            found.append(("permissions", "fine", guild.name))
        else:
            words = ", ".join(missing).replace("_", " ")
            found.append(("permissions", "wrong", f"{guild.name}: the bot's role lacks {words}"))
    return found or [("permissions", "skipped", "the bot is in no server yet; invite it")]


async def _held(client: discord.Client, guild: discord.Guild) -> discord.Permissions:
    assert client.user is not None
    member = await guild.fetch_member(client.user.id)
    own = {role.id for role in member.roles} | {guild.id}
    held = discord.Permissions.none()
    for role in await guild.fetch_roles():
        if role.id in own:
            held |= role.permissions
    return held
