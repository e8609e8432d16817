"""``/economy audit``: what was done to the economy, in pages, and the books that must add up."""

import discord
from discord import app_commands

from bot import look
from bot.answer import Interaction, Reply, Services, answer
from bot.economy import currencies
from bot.economy.acts import TITLES
from bot.economy.admin import economy
from bot.economy.holdings import currencies_of
from bot.handle import Call, look_up
from bot.paging import buttons, last_page, pager
from events.decisions.currency import Currencies
from events.ledger import ITEM_PREFIX
from sql.pool import Connection
from sql.reads import Row, fetch

READS = ["accounts", "admin_log"]
PAGE = 8
MOST_CURRENCIES = 8
ALL = "-"
"""Stands for every currency in a button."""
NOTHING = "Nobody has done anything to the economy by hand yet."


@economy.command(name="audit")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(currency="Only this currency; everything if you leave it out")
async def audit(interaction: Interaction, currency: currencies.Which | None = None) -> None:
    """Everything done to the economy by hand or by itself, and proof that the books add up"""
    await _show(interaction, currency, 0, update=False)


audit.autocomplete("currency")(currencies.every)


async def _show(interaction: Interaction, text: str | None, number: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id

        def load(conn: Connection) -> tuple[list[Row], list[Row], Currencies, str | None]:
            known = currencies_of(conn, guild_id)
            only = None if text is None else known.meant(text).currency
            where = {"guild": guild_id, "currency": only}
            page = fetch(conn, "admin_log", "page", **where, limit=PAGE, offset=number * PAGE)
            books = fetch(conn, "accounts", "books", guild=guild_id)
            return page, [row for row in books if only in (None, row["currency"])], known, only

        page, books, known, only = await services.work(
            look_up, services.database, guild_id, reads=READS, show=load
        )
        lines = page[0]["lines"] if page else 0
        last = last_page(lines, PAGE)
        embed = sheet(page, books, known)
        embed.set_footer(
            text=f"Page {number + 1} of {last + 1} \N{MIDDLE DOT} # is the place in the log"
        )
        turns = buttons("audit", [only or ALL], number, last)
        return Reply(embed, turns, private=True, update=update)

    await answer(interaction, work, private=True)


def sheet(page: list[Row], books: list[Row], known: Currencies) -> discord.Embed:
    """A page of the log, and the books of each currency."""
    lines = "\n".join(_line(row, known) for row in page)
    embed = look.note(lines[:4096] or NOTHING, title="Economy audit")
    for row in books[:MOST_CURRENCIES]:
        is_things = row["currency"] == ITEM_PREFIX
        name = "things" if is_things else known.of(row["currency"]).plural
        embed.add_field(name=f"Books: {name}", value=_books(row), inline=False)
    return embed


def _line(row: Row, known: Currencies) -> str:
    by = f" by <@{row['actor_id']}>" if row["actor_id"] else ""
    whose = f"<@{row['target_id']}>" if row["target_id"] else look.count(row["members"], "member")
    reason = discord.utils.escape_markdown(row["reason"] or "")
    return (
        f"`#{row['position']}` **{TITLES[row['event_type']]}** "
        f"{look.signed(row['amount'])} {known.of(row['currency']).emoji} "
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
        (only,) = arguments
        await _show(interaction, None if only == ALL else only, number, update=True)
