"""Replies with a picture. What it shows is in the embed in words as well: whoever cannot see the
picture, or a channel that takes none, misses nothing.
"""

import asyncio
import io
from collections.abc import Callable, Sequence

import discord
import structlog

from bot.answer import Interaction, Reply, Services
from bot.recognition.pictures.people import Person

User = discord.User | discord.Member
Draw = Callable[[Sequence[Person]], bytes]
MOST_ALT = 1024

log = structlog.get_logger("tallystick.pictures")


async def pictured(
    interaction: Interaction,
    services: Services,
    embed: discord.Embed,
    *,
    name: str,
    alt: str,
    of: Sequence[User],
    draw: Draw,
) -> Reply:
    """The embed with a picture ``of`` these members, which ``draw`` makes in a thread; the embed by
    itself where the bot may not attach files, or when drawing fails. ``alt`` is the picture in
    words."""
    if not interaction.app_permissions.attach_files:
        return Reply(embed)
    people = await asyncio.gather(*(_person(services, user) for user in of))
    try:
        png = await services.work(draw, people)
    except Exception:  # a bug: the answer is in the embed, the trace is for the operator
        log.exception("picture_failed", picture=name)
        return Reply(embed)
    shown = embed.copy().set_image(url=f"attachment://{name}")
    file = discord.File(io.BytesIO(png), name, description=alt[:MOST_ALT])
    return Reply(shown, files=[file], plain=embed)


async def _person(services: Services, user: User) -> Person:
    avatar = await services.avatars.of(user)
    return Person(user.id, user.display_name, user.name, avatar)
