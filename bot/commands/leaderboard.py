"""``/leaderboard``: who has most, in pages."""

from dataclasses import dataclass

import discord
from discord import app_commands

from bot import boards, currencies, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.boards import BOARDS
from bot.handle import Call, look_up
from bot.holdings import currencies_of
from bot.paging import buttons, last_page, pager
from events.currency import Coin
from events.engine.errors import Refused
from sql.pool import Connection

PAGE = 10
PERIODS = {"ever": "all time", "season": "this season"}


@dataclass(frozen=True, slots=True)
class Asking:
    """Which board, of which time, and what the board of coins counts."""

    board: str
    period: str
    currency: str | None


@app_commands.command(name="leaderboard")
@app_commands.guild_only()
@app_commands.describe(
    board="What to rank by",
    period="All time, or the season that is running",
    currency="What the board of coins counts",
)
@app_commands.choices(
    board=[app_commands.Choice(name=title, value=key) for key, title in BOARDS.items()],
    period=[app_commands.Choice(name=title, value=key) for key, title in PERIODS.items()],
)
async def leaderboard(
    interaction: Interaction,
    board: str = "xp",
    period: str = "ever",
    currency: currencies.Which | None = None,
) -> None:
    """Who has most XP, stars, messages, voice time or coins"""
    await _show(interaction, Asking(board, period, currency), 0, update=False)


leaderboard.autocomplete("currency")(currencies.every)


async def _show(interaction: Interaction, asking: Asking, number: int, *, update: bool) -> None:
    board, period = asking.board, asking.period

    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id

        def load(conn: Connection) -> tuple[boards.Page, str, Coin]:
            coin = currencies_of(conn, guild_id).meant(asking.currency)
            season = None if period == "ever" else boards.open_season(conn, guild_id)
            found = boards.page(
                conn,
                guild_id,
                board,
                limit=PAGE,
                offset=number * PAGE,
                season=season.number if season else boards.LIFETIME,
                currency=coin.currency,
            )
            span = season.name if season else PERIODS["ever"]
            return found, span, coin

        if board != "coins" and asking.currency is not None:
            raise Refused("Only the board of coins counts a currency. Leave it out, or ask there.")
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
        turns = buttons("board", [board, period, coin.currency], number, last)
        return Reply(table(found, span, coin, number, last), turns, update=update)

    await answer(interaction, work)


def table(page: boards.Page, span: str, coin: Coin, number: int, last: int) -> discord.Embed:
    """One page of a board as an embed; ``span`` says which time it is about."""
    what = coin.title if page.board == "coins" else BOARDS[page.board]
    title = f"{what} leaderboard, {span}"
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
    board, period, currency = arguments
    if board in BOARDS and period in PERIODS:
        asking = Asking(board, period, currency if board == "coins" else None)
        await _show(interaction, asking, number, update=True)


COMMANDS: Commands = [leaderboard]
