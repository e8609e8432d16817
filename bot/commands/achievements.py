"""``/achievements``: what a member has achieved, and how far they are with the rest."""

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.economy.holdings import coin_of
from bot.handle import Call, look_up
from bot.paging import buttons, last_page, pager
from bot.recognition import achievements
from bot.recognition.achievements import READS, Progress
from events.currency import Coin
from sql.pool import Connection

PAGE = 6


@app_commands.command(name="achievements")
@app_commands.guild_only()
@app_commands.describe(member="Whose; yours if you leave it out")
async def command(interaction: Interaction, member: discord.User | None = None) -> None:
    """What you have achieved here, and how far you are with the rest"""
    await _show(interaction, (member or interaction.user).id, 0, update=False)


@pager("achievements")
async def turned(interaction: Interaction, arguments: list[str], page: int) -> None:
    """Another page."""
    if arguments[0].isdecimal() and len(arguments[0]) < 20:
        await _show(interaction, int(arguments[0]), page, update=True)


async def _show(interaction: Interaction, user_id: int, page: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def show(conn: Connection) -> tuple[list[Progress], Coin]:
            found = achievements.progress(conn, asked.guild_id, user_id, asked.at)
            return found, coin_of(conn, asked.guild_id)

        found, coin = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=show
        )
        last = last_page(len(found), PAGE)
        place = min(page, last)
        view = buttons("achievements", [str(user_id)], place, last)
        return Reply(sheet(user_id, found, coin, place, last), view, update=update)

    await answer(interaction, work)


def sheet(user_id: int, found: list[Progress], coin: Coin, page: int, last: int) -> discord.Embed:
    """A page of a member's achievements."""
    embed = look.note(f"<@{user_id}>", title="Achievements")
    if not found:
        embed.description = "This server has no achievements yet. Admins make them: /achievement."
        return embed
    for one in found[page * PAGE : (page + 1) * PAGE]:
        heading, text = achievements.line_of(one, coin)
        embed.add_field(name=heading, value=text, inline=False)
    has = sum(one.has_it for one in found)
    embed.set_footer(
        text=f"{has} of {len(found)} achieved{achievements.DOT}page {page + 1} of {last + 1}"
    )
    return embed


COMMANDS: Commands = [command]
