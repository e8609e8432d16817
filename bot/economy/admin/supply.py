"""``/economy supply``: how much money there is, where it comes from, who has it; with a chart."""

import io
from dataclasses import dataclass
from datetime import datetime

import discord
from discord import app_commands

from bot import look
from bot.answer import Interaction, Reply, Services, answer
from bot.commands.why import WORDS
from bot.economy import currencies
from bot.economy.admin import chart, economy, inflation
from bot.economy.admin.inflation import Week
from bot.economy.admin.ruling import percent
from bot.economy.holdings import currencies_of
from bot.handle import Call, look_up
from events.currency import Coin
from sql.pool import Connection
from sql.reads import Row, fetch

FILE = "supply.png"
SHOWN_WEEKS = 6
SHOWN_SOURCES = 5


@dataclass(frozen=True, slots=True)
class Supply:
    """Everything that the reply shows; ``sources`` are of the same weeks."""

    weeks: list[Week]
    sources: list[Row]
    coin: Coin


@economy.command(name="supply")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(currency=currencies.WORD)
async def supply(interaction: Interaction, currency: currencies.Which | None = None) -> None:
    """How much money there is, what makes and destroys it, and who has most"""

    async def work(services: Services, call: Call) -> Reply:
        guild_id, now = call.asked.guild_id, call.asked.at
        found = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=inflation.READS,
            show=lambda conn: load(conn, guild_id, now, currency),
        )
        png = await services.work(chart.draw, found.weeks, "Money, week by week")
        embed = sheet(found).set_image(url=f"attachment://{FILE}")
        return Reply(embed, files=[discord.File(io.BytesIO(png), FILE)], private=True)

    await answer(interaction, work, private=True)


supply.autocomplete("currency")(currencies.every)


def load(conn: Connection, guild_id: int, now: datetime, currency: str | None = None) -> Supply:
    """The newest weeks of one of the guild's currencies. Raises Refused for one it never had."""
    coin = currencies_of(conn, guild_id).meant(currency)
    weeks = inflation.weeks(conn, guild_id, coin.currency, now)
    monday = weeks[0].monday
    sources = fetch(
        conn,
        "money_supply",
        "by_source",
        guild=guild_id,
        currency=coin.currency,
        first=monday.year * 10_000 + monday.month * 100 + monday.day,
        last=99_991_231,
    )
    return Supply(weeks, sources, coin)


def sheet(found: Supply) -> discord.Embed:
    """The newest weeks as an embed."""
    this, coin = found.weeks[-1], found.coin
    embed = look.note(
        f"{look.money(this.supply, coin)} with {look.count(this.holders, 'member')} and the server",
        title=f"Money supply: {coin.plural}",
    )
    embed.add_field(name="This week", value=f"{_flow(this)}\n{_grown(this)}")
    embed.add_field(name="Velocity", value=f"{_hundredths(this.velocity)} a week")
    embed.add_field(name="Gini", value=f"{_thousandths(this.gini)} (0 is even, 1 is all to one)")
    top = [f"<@{member_id}> {look.money(amount, coin)}" for member_id, amount in this.top]
    embed.add_field(name="Top holders", value="\n".join(top) or "Nobody has any.", inline=False)
    lines = [_line(week) for week in reversed(found.weeks[-SHOWN_WEEKS:])]
    embed.add_field(name="By week", value="\n".join(lines), inline=False)
    embed.add_field(name="Made by", value=_sources(found.sources, "minted"))
    embed.add_field(name="Destroyed by", value=_sources(found.sources, "burned"))
    embed.set_footer(
        text="Velocity: what changed hands for each one there is \N{MIDDLE DOT} "
        f"made and destroyed by: the last {inflation.WEEKS} weeks"
    )
    return embed


def _flow(week: Week) -> str:
    return f"+{look.number(week.minted)} made, {look.number(-week.burned)} destroyed"


def _grown(week: Week) -> str:
    sign = "\N{MINUS SIGN}" if week.growth < 0 else "+"
    return f"{sign}{percent(abs(week.growth))}"


def _line(week: Week) -> str:
    richest = f", most <@{week.top[0][0]}> {look.number(week.top[0][1])}" if week.top else ""
    return (
        f"`{week.monday:%d %b}` **{look.number(week.supply)}** ({_grown(week)}), velocity "
        f"{_hundredths(week.velocity)}, Gini {_thousandths(week.gini)}{richest}"
    )


def _sources(rows: list[Row], column: str) -> str:
    """What each kind of event made or destroyed, most first."""
    most = sorted((row for row in rows if row[column]), key=lambda row: -row[column])
    lines = [
        f"{WORDS.get(row['source'], row['source'])}: {look.number(row[column])}"
        for row in most[:SHOWN_SOURCES]
    ]
    return "\n".join(lines) or "Nothing."


def _hundredths(value: int) -> str:
    return f"{value // 100}.{value % 100:02d}"


def _thousandths(value: int) -> str:
    return f"{value // 1000}.{value % 1000:03d}"
