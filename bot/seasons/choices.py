"""The option ``season`` of every command that has one: the seasons of the server, newest first."""

from typing import Final

from discord import app_commands

from bot.answer import Interaction, Services
from bot.handle import look_up
from sql.errors import DatabaseError
from sql.reads import fetch

MAX_CHOICES: Final = 25
LOOKED_AT: Final = 500

Choices = list[app_commands.Choice[int]]


async def every(interaction: Interaction, current: int | str) -> Choices:
    """Those whose number or name contains what was typed; while the records cannot be reached
    there are none."""
    services: Services = interaction.client.services
    guild_id, text = interaction.guild_id or 0, str(current).strip().lower()
    try:
        rows = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=["seasons"],
            show=lambda conn: fetch(
                conn, "seasons", "list", guild=guild_id, limit=LOOKED_AT, offset=0
            ),
        )
    except DatabaseError:
        return []
    found = [(row["number"], f"{row['number']}. {row['name']}"[:100]) for row in rows]
    return [
        app_commands.Choice(name=name, value=number)
        for number, name in found
        if text in name.lower()
    ][:MAX_CHOICES]
