"""``/leaderboard``: who has most, in pages."""

import discord
from discord import app_commands

from bot import boards, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.boards import BOARDS
from bot.handle import Call, look_up
from bot.paging import buttons, last_page, pager

PAGE = 10


@app_commands.command(name="leaderboard")
@app_commands.guild_only()
@app_commands.describe(board="What to rank by")
@app_commands.choices(
    board=[app_commands.Choice(name=title, value=key) for key, title in BOARDS.items()]
)
async def leaderboard(interaction: Interaction, board: str = "xp") -> None:
    """Who has most XP, stars, messages, voice time or coins"""
    await _show(interaction, board, 0, update=False)


async def _show(interaction: Interaction, board: str, number: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        found = await services.work(
            look_up,
            services.database,
            call.asked.guild_id,
            reads=boards.read_models_of(board),
            show=lambda conn: boards.page(
                conn, call.asked.guild_id, board, limit=PAGE, offset=number * PAGE
            ),
        )
        last = last_page(found.members, PAGE)
        turns = buttons("board", [board], number, last)
        return Reply(table(found, number, last), turns, update=update)

    await answer(interaction, work)


def table(page: boards.Page, number: int, last: int) -> discord.Embed:
    """One page of a board as an embed."""
    title = f"{BOARDS[page.board]} leaderboard"
    if not page.places:
        return look.note("Nobody stands here yet. Be the first.", title=title)
    lines = [
        f"{look.MEDALS.get(p.rank, f'`#{p.rank}`')} **{look.plain(p.name, p.user_id)}** "
        f"\N{MIDDLE DOT} {amount(page.board, p.number)}"
        for p in page.places
    ]
    embed = look.note("\n".join(lines), title=title)
    embed.set_footer(text=f"Page {number + 1} of {last + 1} \N{MIDDLE DOT} {page.members} members")
    return embed


def amount(board: str, value: int) -> str:
    """A board's number with its unit."""
    if board == "voice":
        return look.duration(value)
    unit = {"xp": "XP", "stars": look.STAR, "messages": "messages", "coins": look.COIN}[board]
    return f"{look.number(value)} {unit}"


@pager("board")
async def turned(interaction: Interaction, arguments: list[str], number: int) -> None:
    """Another page of a board."""
    board = arguments[0] if arguments[0] in BOARDS else "xp"
    await _show(interaction, board, number, update=True)


COMMANDS: Commands = [leaderboard]
