"""The option ``currency`` of every command that has one: what it offers, and what it means."""

from collections.abc import Callable, Iterable
from typing import Final

from discord import app_commands

from bot.answer import Interaction, Services
from bot.economy.holdings import currencies_of
from bot.handle import look_up
from events.currency import Coin
from events.decisions.currency import Currencies
from sql.errors import DatabaseError

Which = app_commands.Range[str, 1, 100]
"""The type of the option; left out it means the coins. Read it with ``Currencies.usable`` where
something is given out or priced, and with ``Currencies.meant`` where it is only looked at."""
WORD: Final = "Which currency; coins if you leave it out"

Choices = list[app_commands.Choice[str]]


async def in_use(interaction: Interaction, current: str) -> Choices:
    """Those whose name or id contains what was typed; retired ones are left out."""
    return await _choices(interaction, current, lambda found: found.in_use)


async def every(interaction: Interaction, current: str) -> Choices:
    """The same with retired ones: for what only looks."""
    return await _choices(interaction, current, lambda found: found.known.values())


async def _choices(
    interaction: Interaction, current: str, among: Callable[[Currencies], Iterable[Coin]]
) -> Choices:
    """While the records cannot be reached there are none."""
    services: Services = interaction.client.services
    guild_id, typed = interaction.guild_id or 0, current.strip().lower()
    try:
        found = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=[],
            show=lambda conn: currencies_of(conn, guild_id),
        )
    except DatabaseError:
        return []
    return [
        app_commands.Choice(name=f"{coin.title} (retired)" if coin.retired else coin.title, value=i)
        for i, coin in ((coin.currency, coin) for coin in among(found))
        if typed in i or typed in coin.plural.lower()
    ][:25]
