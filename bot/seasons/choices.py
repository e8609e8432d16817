"""The option ``season`` of every command that has one: the seasons of the server, newest first."""

from collections.abc import Iterator
from typing import Final

from discord import app_commands

from bot import autocomplete
from bot.answer import Interaction
from sql.pool import Connection
from sql.reads import fetch

LOOKED_AT: Final = 500

Choices = list[app_commands.Choice[int]]


async def every(interaction: Interaction, current: int | str) -> Choices:
    """Those whose number or name contains what was typed."""
    return await autocomplete.looked_up(interaction, current, ["seasons"], _known)


def _known(conn: Connection, guild_id: int) -> Iterator[tuple[str, int]]:
    for row in fetch(conn, "seasons", "list", guild=guild_id, limit=LOOKED_AT, offset=0):
        yield f"{row['number']}. {row['name']}", row["number"]
