"""``/economy audit``: what was done to the economy, in pages, and the books that must add up."""

import discord
from discord import app_commands

from bot import look
from bot.acts import TITLES, unit
from bot.answer import Interaction, Reply, Services, answer
from bot.economy_admin import economy
from bot.handle import Call, look_up
from bot.holdings import coin_of
from bot.paging import buttons, last_page, pager
from events.currency import Coin
from events.ledger import COINS, ITEM_PREFIX
from sql.pool import Connection
from sql.reads import Row, fetch

READS = ["accounts", "admin_log"]
PAGE = 8
MOST_CURRENCIES = 8
NOTHING = "Nobody has done anything to the economy by hand yet."


@economy.command(name="audit")
@app_commands.checks.has_permissions(manage_guild=True)
async def audit(interaction: Interaction) -> None:
    """Everything done to the economy by hand or by itself, and proof that the books add up"""
    await _show(interaction, 0, update=False)


async def _show(interaction: Interaction, number: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id

        def load(conn: Connection) -> tuple[list[Row], list[Row], Coin]:
            page = fetch(
                conn, "admin_log", "page", guild=guild_id, limit=PAGE, offset=number * PAGE
            )
            books = fetch(conn, "accounts", "books", guild=guild_id)
            return page, books, coin_of(conn, guild_id)

        page, books, coin = await services.work(
            look_up, services.database, guild_id, reads=READS, show=load
        )
        lines = page[0]["lines"] if page else 0
        last = last_page(lines, PAGE)
        embed = sheet(page, books, coin)
        embed.set_footer(
            text=f"Page {number + 1} of {last + 1} \N{MIDDLE DOT} # is the place in the log"
        )
        return Reply(embed, buttons("audit", ["all"], number, last), private=True, update=update)

    await answer(interaction, work, private=True)


def sheet(page: list[Row], books: list[Row], coin: Coin) -> discord.Embed:
    """A page of the log, and the books of each currency."""
    lines = "\n".join(_line(row, coin) for row in page)
    embed = look.note(lines[:4096] or NOTHING, title="Economy audit")
    for row in books[:MOST_CURRENCIES]:
        name = {ITEM_PREFIX: "things", COINS: coin.plural}.get(row["currency"], row["currency"])
        embed.add_field(name=f"Books: {name}", value=_books(row), inline=False)
    return embed


def _line(row: Row, coin: Coin) -> str:
    by = f" by <@{row['actor_id']}>" if row["actor_id"] else ""
    whose = f"<@{row['target_id']}>" if row["target_id"] else look.count(row["members"], "member")
    reason = discord.utils.escape_markdown(row["reason"] or "")
    return (
        f"`#{row['position']}` **{TITLES[row['event_type']]}** "
        f"{look.signed(row['amount'])} {unit(row['currency'], coin)} "
        f"{whose}{by} {look.ago(row['occurred_at'])}" + (f"\n\u2003{reason}" if reason else "")
    )


def _books(row: Row) -> str:
    """Where everything that was ever made is now: the sum over all accounts is zero."""
    parts = {
        "members": row["members"],
        "escrow": row["escrow"],
        "the server": row["guild"],
        "destroyed": row["destroyed"],
    }
    where = " + ".join(f"{look.number(amount)} {name}" for name, amount in parts.items() if amount)
    proof = (
        "adds up"
        if row["sum"] == 0
        else f"**IS OFF BY {look.signed(row['sum'])}**, tell an operator"
    )
    return f"{look.number(row['made'])} made = {where or '0'}: {proof}"


@pager("audit")
async def turned(interaction: Interaction, arguments: list[str], number: int) -> None:
    """Another page of the audit."""
    if interaction.permissions.manage_guild:
        await _show(interaction, number, update=True)
