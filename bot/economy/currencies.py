"""The option ``currency`` of every command that has one: what it offers, and what it means."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from discord import app_commands

from bot import autocomplete
from bot.answer import Interaction
from bot.economy.holdings import currencies_of
from events.currency import Coin
from events.decisions.currency import Currencies
from sql.pool import Connection

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
    def load(conn: Connection, guild_id: int) -> Iterator[tuple[str, str]]:
        for coin in among(currencies_of(conn, guild_id)):
            yield f"{coin.title} (retired)" if coin.retired else coin.title, coin.currency

    return await autocomplete.looked_up(interaction, current, [], load)
