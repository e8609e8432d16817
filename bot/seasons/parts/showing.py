"""``/season list``, ``/season standings``: what was, what is, and who was first."""

import discord
from discord import app_commands

from bot import look
from bot.answer import Interaction, Reply, Services, answer
from bot.commands.leaderboard import amount
from bot.economy.holdings import coin_of
from bot.handle import Call, look_up
from bot.paging import buttons, last_page, pager
from bot.points import boards, periods
from bot.points.boards import BOARDS
from bot.seasons import choices as season_choices
from bot.seasons import reading as running
from bot.seasons.parts import season
from events.currency import Coin
from events.engine.errors import Refused
from events.seasons import MOST_PLACES
from sql.pool import Connection
from sql.reads import Row, fetch, fetch_one

PAGE = 10
READS = ["preferences", "profiles", "seasons"]
WINNERS = 3
"""Members who are named as first in a list of seasons."""
Which = app_commands.Range[int, 1, 999_999]


@season.command(name="list")
async def list_(interaction: Interaction) -> None:
    """Every season of this server, the planned ones first, and who was first in each"""
    await _list(interaction, 0, update=False)


async def _list(interaction: Interaction, number: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id

        def load(conn: Connection) -> tuple[list[Row], list[Row]]:
            page = {"limit": PAGE, "offset": number * PAGE}
            plans = fetch(conn, "seasons", "plans", guild=guild_id) if number == 0 else []
            return plans, fetch(conn, "seasons", "list", guild=guild_id, **page)

        plans, found = await services.work(
            look_up, services.database, guild_id, reads=["seasons"], show=load
        )
        last = last_page(found[0]["seasons"] if found else 0, PAGE)
        turns = buttons("seasons", ["all"], number, last)
        return Reply(listed(plans, found, number, last), turns, update=update)

    await answer(interaction, work)


def listed(plans: list[Row], found: list[Row], number: int, last: int) -> discord.Embed:
    """One page of the seasons as an embed."""
    escaped = discord.utils.escape_markdown
    lines = [
        f"Planned: **{escaped(p['name'])}** {look.span(p['starts_at'], p['ends_at'])}"
        for p in plans
    ]
    lines += map(_line, found)
    if not lines:
        text = "No season has begun yet. An admin plans one with `/season create`."
        return look.note(text, title="Seasons")
    embed = look.note("\n".join(lines), title="Seasons")
    embed.set_footer(text=f"Page {number + 1} of {last + 1} \N{MIDDLE DOT} /season standings")
    return embed


def _line(row: Row) -> str:
    name = f"`{row['number']}.` **{discord.utils.escape_markdown(row['name'])}**"
    span = look.span(row["starts_at"], row["ends_at"])
    if row["ended_at"] is None:
        return f"{name} {span}, ends {look.ago(row['ends_at'])}"
    winners = row["winners"] or []
    first = ", ".join(f"<@{user_id}>" for user_id in winners[:WINNERS]) or "nobody"
    more = f" and {len(winners) - WINNERS} more" if len(winners) > WINNERS else ""
    return f"{name} {span} {look.MEDALS[1]} {first}{more}"


@pager("seasons")
async def turned(interaction: Interaction, arguments: list[str], number: int) -> None:
    """Another page of the list."""
    await _list(interaction, number, update=True)


@season.command(name="standings")
@app_commands.rename(number="season")
@app_commands.describe(number="Which season; the one that is running if you leave it out")
async def standings(interaction: Interaction, number: Which | None = None) -> None:
    """Post a season's board: as it stands, or the final standing of one that is over"""

    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id

        def load(conn: Connection) -> tuple[Row, boards.Page, Coin]:
            row = _season(conn, guild_id, number)
            return row, _board(conn, guild_id, row), coin_of(conn, guild_id)

        row, found, coin = await services.work(
            look_up, services.database, guild_id, reads=READS, show=load
        )
        return Reply(sheet(row, found, coin))

    await answer(interaction, work)


standings.autocomplete("number")(season_choices.every)


def _season(conn: Connection, guild_id: int, number: int | None) -> Row:
    """The season that is meant. Raises Refused when there is none."""
    if number is None:
        number = periods.running(conn, guild_id).season
    row = fetch_one(conn, "seasons", "season", guild=guild_id, number=number)
    if row is None:
        raise Refused(f"There is no season {number}. /season list shows those there are.")
    return row


def _board(conn: Connection, guild_id: int, row: Row) -> boards.Page:
    """The final standing of a closed season, as it was recorded; else the board as it is now."""
    if row["ended_at"] is None:
        board = running.board_now(conn, guild_id)
        time = periods.of_season(conn, guild_id, row["number"])
        return boards.page(conn, guild_id, board, limit=MOST_PLACES, time=time)
    places = fetch(conn, "seasons", "places", guild=guild_id, position=row["position"])
    return boards.Page(row["board"], [boards.Place(**place) for place in places], row["members"])


def sheet(row: Row, found: boards.Page, coin: Coin) -> discord.Embed:
    """A season's board as an embed."""
    closed = row["ended_at"] is not None
    head = "Final standing" if closed else f"As it stands, ends {look.ago(row['ends_at'])}"
    lines = [f"{look.span(row['starts_at'], row['ends_at'])} \N{MIDDLE DOT} {head}", ""]
    lines += [
        f"{look.MEDALS.get(p.rank, f'`#{p.rank}`')} **{look.plain(p.name, p.user_id)}** "
        f"\N{MIDDLE DOT} {amount(found.board, p.number, coin)}"
        for p in found.places
    ] or ["Nobody stands here."]
    title = f"{row['name']}: {BOARDS[found.board]}"
    embed = look.note("\n".join(lines), title=title, colour=look.GREEN if closed else look.GOLD)
    embed.set_footer(
        text=f"{look.count(found.members, 'member')} in all \N{MIDDLE DOT} "
        f"/leaderboard season:{row['number']} shows every place"
    )
    return embed
