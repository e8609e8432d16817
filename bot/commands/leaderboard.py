"""``/leaderboard``: who has most, in pages."""

from dataclasses import dataclass
from datetime import datetime

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.economy import currencies
from bot.economy.holdings import currencies_of
from bot.handle import Call, look_up
from bot.paging import buttons, last_page, pager
from bot.points import boards, periods
from bot.points.boards import BOARDS
from bot.points.periods import Period
from bot.seasons import choices as season_choices
from events.currency import Coin
from events.engine.errors import Refused
from sql.pool import Connection

PAGE = 10
READS = ["seasons"]
Date = app_commands.Range[str, 1, 10]


@dataclass(frozen=True, slots=True)
class Asking:
    """Which board, of which time, and what the board of coins counts."""

    board: str
    period: str
    currency: str | None
    since: str | None = None
    until: str | None = None


@app_commands.command(name="leaderboard")
@app_commands.guild_only()
@app_commands.describe(
    board="What to rank by",
    period="All time, the season that is running, or some days",
    season="A season of the past",
    since="The first day, as 2026-07-01",
    until="The last day, as 2026-07-31; today if you leave it out",
    currency="What the board of coins counts",
)
@app_commands.choices(
    board=[app_commands.Choice(name=title, value=key) for key, title in BOARDS.items()],
    period=[app_commands.Choice(name=title, value=key) for key, title in periods.NAMED.items()],
)
async def leaderboard(
    interaction: Interaction,
    board: str = "xp",
    period: str = periods.EVER,
    season: app_commands.Range[int, 1, 999_999] | None = None,
    since: Date | None = None,
    until: Date | None = None,
    currency: currencies.Which | None = None,
) -> None:
    """Who has most XP, stars, messages, voice time or coins: ever, in a season or in some days"""
    word = period if season is None else f"s{season}"
    asking = Asking(board, word, currency, since, until)
    several = [period != periods.EVER, season is not None, bool(since or until)].count(True) > 1
    await _show(interaction, asking, 0, update=False, several=several)


leaderboard.autocomplete("currency")(currencies.every)
leaderboard.autocomplete("season")(season_choices.every)


async def _show(
    interaction: Interaction, asking: Asking, number: int, *, update: bool, several: bool = False
) -> None:
    board = asking.board

    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id

        def load(conn: Connection) -> tuple[boards.Page, Period, Coin]:
            coin = currencies_of(conn, guild_id).meant(asking.currency)
            span = _period(conn, guild_id, asking, call.asked.at)
            if board == "coins" and span.word != periods.EVER:
                raise Refused(
                    "Coins have no season and no days: they are what a member holds. "
                    "Ask for all time."
                )
            found = boards.page(
                conn,
                guild_id,
                board,
                limit=PAGE,
                offset=number * PAGE,
                time=span,
                currency=coin.currency,
            )
            return found, span, coin

        if board != "coins" and asking.currency is not None:
            raise Refused("Only the board of coins counts a currency. Leave it out, or ask there.")
        if several:
            raise Refused("Ask for one time: a period, a season, or days from one to another.")
        found, span, coin = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=[*READS, *boards.read_models_of(board)],
            show=load,
        )
        last = last_page(found.members, PAGE)
        turns = buttons("board", [board, span.word, coin.currency], number, last)
        return Reply(table(found, span.title, coin, number, last), turns, update=update)

    await answer(interaction, work)


def _period(conn: Connection, guild_id: int, asking: Asking, now: datetime) -> Period:
    """The time that is asked for. Raises Refused when there is no such time."""
    if asking.since is not None:
        return periods.between(conn, guild_id, asking.since, asking.until, now)
    if asking.until is not None:
        raise Refused("Say from which day on as well, as in `since: 2026-07-01`.")
    return periods.period(conn, guild_id, asking.period, now)


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
    embed.set_footer(
        text=f"Page {number + 1} of {last + 1} \N{MIDDLE DOT} {look.count(page.members, 'member')}"
    )
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
    if board in BOARDS:
        asking = Asking(board, period, currency if board == "coins" else None)
        await _show(interaction, asking, number, update=True)


COMMANDS: Commands = [leaderboard]
