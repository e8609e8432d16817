"""``/richest``: who owns most in wallet and bank together, in pages."""

from dataclasses import dataclass

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.economy import currencies
from bot.economy.holdings import currencies_of
from bot.handle import Call, look_up
from bot.paging import buttons, last_page, pager
from events.currency import Coin
from sql.pool import Connection
from sql.reads import Row, fetch

PAGE = 10


@dataclass(frozen=True, slots=True)
class Rich:
    """A page of the richest, and what is counted."""

    places: list[Row]
    coin: Coin

    @property
    def members(self) -> int:
        """How many stand on the board in all."""
        return self.places[0]["members"] if self.places else 0


@app_commands.command(name="richest")
@app_commands.guild_only()
@app_commands.describe(currency=currencies.WORD)
async def richest(interaction: Interaction, currency: currencies.Which | None = None) -> None:
    """Who owns most, in wallet and bank together"""
    await _show(interaction, currency, 0, update=False)


richest.autocomplete("currency")(currencies.every)


async def _show(
    interaction: Interaction, currency: str | None, number: int, *, update: bool
) -> None:
    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id

        def load(conn: Connection) -> Rich:
            coin = currencies_of(conn, guild_id).meant(currency)
            where = {"guild": guild_id, "limit": PAGE, "offset": number * PAGE}
            rows = fetch(conn, "net_worth", "richest", **where, currency=coin.currency)
            return Rich(rows, coin)

        found = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=["net_worth", "preferences", "profiles"],
            show=load,
        )
        last = last_page(found.members, PAGE)
        turns = buttons("richest", [found.coin.currency], number, last)
        return Reply(table(found, number, last), turns, update=update)

    await answer(interaction, work)


def table(found: Rich, number: int, last: int) -> discord.Embed:
    """One page as an embed."""
    title = f"The richest in {found.coin.plural}"
    if not found.places:
        return look.note("Nobody stands here yet. Be the first.", title=title)
    lines = [
        f"{look.MEDALS.get(p['rank'], '`#' + str(p['rank']) + '`')} "
        f"**{look.plain(p['name'], p['user_id'])}** "
        f"\N{MIDDLE DOT} {look.number(p['number'])} {found.coin.emoji}"
        for p in found.places
    ]
    embed = look.note("\n".join(lines), title=title)
    embed.set_footer(
        text=f"Page {number + 1} of {last + 1} \N{MIDDLE DOT} {look.count(found.members, 'member')}"
        " \N{MIDDLE DOT} wallet and bank together"
    )
    return embed


@pager("richest")
async def turned(interaction: Interaction, arguments: list[str], number: int) -> None:
    """Another page."""
    await _show(interaction, arguments[0], number, update=True)


COMMANDS: Commands = [richest]
