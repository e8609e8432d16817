"""What an option offers while somebody types into it.

Discord asks at each key, whether or not anybody waits for the answer. So what is looked up for it
has a moment and threads of its own (``Services.glance``), and when the records cannot be reached
in that moment, or cannot be read, there are no choices: what is typed out is understood as well.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final, TypeVar

from discord import app_commands

from bot.answer import Interaction, Services
from bot.handle import look_up
from events.engine.errors import TallystickError
from sql.pool import Connection

MOST: Final = 25
"""Choices that Discord takes."""
LONGEST: Final = 100
"""Characters of one that Discord takes."""

V = TypeVar("V", str, int)


def matching(current: str | int, known: Iterable[tuple[str, V]]) -> list[app_commands.Choice[V]]:
    """The first of those, each a name and its value, that have in them what was typed."""
    typed = str(current).strip().lower()
    found = (
        app_commands.Choice(name=name[:LONGEST], value=value)
        for name, value in known
        if typed in name.lower() or typed in str(value).lower()
    )
    return list(islice(found, MOST))


async def looked_up(
    interaction: Interaction,
    current: str | int,
    reads: Sequence[str],
    load: Callable[[Connection, int], Iterable[tuple[str, V]]],
) -> list[app_commands.Choice[V]]:
    """The same of what ``load`` finds in the records of the guild."""
    services: Services = interaction.client.services
    guild_id = interaction.guild_id or 0
    try:
        known = await services.glance(
            look_up,
            services.database,
            guild_id,
            reads=reads,
            show=lambda conn: list(load(conn, guild_id)),
        )
    except TallystickError:
        return []
    return matching(current, known)
