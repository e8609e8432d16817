"""``/doctor``: what does not work in this server, and what to do about it."""

from collections.abc import Sequence
from typing import Final

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.buttons import Press, pressed
from bot.effects.troubles import READS, Trouble, load, troubles
from bot.handle import Call, look_up
from events.engine.errors import Refused
from sql import breakers, effects, notices

MOST: Final = 12
"""Troubles that are shown at once."""


@app_commands.command(name="doctor")
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
@app_commands.checks.has_permissions(manage_guild=True)
async def doctor(interaction: Interaction) -> None:
    """What does not work in this server, and what to do about it (admins)"""
    await _examine(interaction, again=False)


@pressed("doctor")
async def try_again(interaction: Interaction, arguments: list[str]) -> None:
    """Whatever failed is tried again at once."""
    await _examine(interaction, again=True)


async def _examine(interaction: Interaction, *, again: bool) -> None:
    guild = interaction.guild
    allowed = interaction.permissions.manage_guild

    async def work(services: Services, call: Call) -> Reply:
        if not allowed or guild is None:
            raise Refused("This needs the permission to manage the server. Ask an admin.")
        if again:
            await services.work(_retry, services, call)
        kept = await services.work(
            look_up,
            services.database,
            guild.id,
            reads=READS,
            show=lambda conn: load(conn, guild.id),
        )
        found = troubles(guild, kept, interaction.client.invalid_requests)
        view = None
        if kept.problems or kept.notices or kept.shut:
            view = discord.ui.View(timeout=None)
            view.add_item(Press("doctor", ["again"], label="Try again now", emoji=look.AGAIN))
        return Reply(sheet(found), view, private=True, update=again)

    await answer(interaction, work, private=True)


def _retry(services: Services, call: Call) -> None:
    with services.database.transaction(call.asked.guild_id) as conn:
        breakers.try_again(conn, call.asked.guild_id, call.asked.at)
        effects.try_again(conn, call.asked.guild_id, call.asked.at)
        notices.again(conn, call.asked.guild_id, call.asked.at)


def sheet(found: Sequence[Trouble]) -> discord.Embed:
    """The findings as an embed."""
    if not found:
        return look.note("All is well: nothing is in my way.", title="Doctor", colour=look.GREEN)
    embed = look.note(
        f"{look.count(len(found), 'thing')} I cannot do as you want it.",
        title="Doctor",
        colour=look.RED,
    )
    for one in found[:MOST]:
        embed.add_field(
            name="\N{WARNING SIGN}", value=f"**{one.what}**\n{one.remedy}", inline=False
        )
    if len(found) > MOST:
        embed.set_footer(text=f"and {len(found) - MOST} more: mend these first")
    return embed


COMMANDS: Commands = [doctor]
