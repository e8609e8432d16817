"""``/leaderboard``: who has most, in pages."""

import discord
from discord import app_commands

from bot import boards, holdings, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.boards import BOARDS
from bot.handle import Call, look_up
from bot.paging import buttons, last_page, pager
from events.currency import Coin
from events.engine.errors import Refused
from sql.pool import Connection

PAGE = 10
PERIODS = {"ever": "all time", "season": "this season"}


@app_commands.command(name="leaderboard")
@app_commands.guild_only()
@app_commands.describe(board="What to rank by", period="All time, or the season that is running")
@app_commands.choices(
    board=[app_commands.Choice(name=title, value=key) for key, title in BOARDS.items()],
    period=[app_commands.Choice(name=title, value=key) for key, title in PERIODS.items()],
)
async def leaderboard(interaction: Interaction, board: str = "xp", period: str = "ever") -> None:
    """Who has most XP, stars, messages, voice time or coins"""
    await _show(interaction, board, period, 0, update=False)


async def _show(
    interaction: Interaction, board: str, period: str, number: int, *, update: bool
) -> None:
    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id

        def load(conn: Connection) -> tuple[boards.Page, str, Coin]:
            season = None if period == "ever" else boards.open_season(conn, guild_id)
            found = boards.page(
                conn,
                guild_id,
                board,
                limit=PAGE,
                offset=number * PAGE,
                season=season.number if season else boards.LIFETIME,
            )
            span = season.name if season else PERIODS["ever"]
            return found, span, holdings.coin_of(conn, guild_id)

        if board == "coins" and period != "ever":
            raise Refused("Coins have no season: they are what a member holds. Ask for all time.")
        found, span, coin = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=["seasons", *boards.read_models_of(board)],
            show=load,
        )
        last = last_page(found.members, PAGE)
        turns = buttons("board", [board, period], number, last)
        return Reply(table(found, span, coin, number, last), turns, update=update)

    await answer(interaction, work)


def table(page: boards.Page, span: str, coin: Coin, number: int, last: int) -> discord.Embed:
    """One page of a board as an embed; ``span`` says which time it is about."""
    title = f"{BOARDS[page.board]} leaderboard, {span}"
    if not page.places:
        return look.note("Nobody stands here yet. Be the first.", title=title)
    lines = [
        f"{look.MEDALS.get(p.rank, f'`#{p.rank}`')} **{look.plain(p.name, p.user_id)}** "
        f"\N{MIDDLE DOT} {amount(page.board, p.number, coin)}"
        for p in page.places
    ]
    embed = look.note("\n".join(lines), title=title)
    embed.set_footer(text=f"Page {number + 1} of {last + 1} \N{MIDDLE DOT} {page.members} members")
    return embed


def amount(board: str, value: int, coin: Coin) -> str:
    """A board's number with its unit."""
    if board == "voice":
        return look.duration(value)
    unit = {"xp": "XP", "stars": look.STAR, "messages": "messages", "coins": coin.emoji}[board]
    return f"{look.number(value)} {unit}"


@pager("board")
async def turned(interaction: Interaction, arguments: list[str], number: int) -> None:
    """Another page of a board."""
    board, period = arguments
    if board in BOARDS and period in PERIODS:
        await _show(interaction, board, period, number, update=True)


COMMANDS: Commands = [leaderboard]
