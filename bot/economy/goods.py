"""Coins and things in words: each is a currency of the ledger, and each guild has its own names."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from discord import app_commands

from bot import autocomplete, look
from bot.answer import Interaction
from bot.economy.holdings import currencies_of
from bot.economy.things import Things, held, things
from events.currency import Coin
from events.decisions.currency import Currencies, check_in_use
from events.engine.errors import Refused
from events.ledger import COINS, ITEM_PREFIX, item
from sql.pool import Connection

MAX_NAME: Final = 60
"""Characters of a name that are shown: a side's whole offer has to fit into one field."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a guild calls its currencies and its things."""

    currencies: Currencies
    things: Things

    @property
    def coin(self) -> Coin:
        """What it calls its coins."""
        return self.currencies.of(COINS)

    def title(self, currency: str) -> str:
        """What a currency is called, or a thing."""
        if currency.startswith(ITEM_PREFIX):
            return self.things.thing(currency.removeprefix(ITEM_PREFIX)).name[:MAX_NAME]
        return self.currencies.of(currency).plural

    def unit(self, currency: str) -> str:
        """What stands beside an amount: a currency's emoji, or a thing's name."""
        is_thing = currency.startswith(ITEM_PREFIX)
        return self.title(currency) if is_thing else self.currencies.of(currency).emoji

    def quantity(self, currency: str, number: int) -> str:
        """So many of it: money with its emoji, things by name."""
        if currency.startswith(ITEM_PREFIX):
            return f"**{look.number(number)} \N{MULTIPLICATION SIGN}** {self.title(currency)}"
        return look.money(number, self.currencies.of(currency))

    def listed(self, goods: Mapping[str, int]) -> str:
        """One line for each kind, coins first, things last."""
        order = sorted(goods.items(), key=_order)
        return "\n".join(self.quantity(currency, number) for currency, number in order)

    def called(self, text: str, has: Collection[str]) -> str:
        """The currency among ``has`` that a member means by ``text``.

        Raises Refused when it is none of them.
        """
        found = self._among(text, has)
        if found is None:
            names = ", ".join(self.title(currency) for currency in has) or "nothing yet"
            raise Refused(f"You have nothing of that name. You carry: {names}.")
        return found

    def known(self, text: str) -> str:
        """The currency that ``text`` means in this guild, whether or not the member has any.

        Raises Refused when there is none, or it was retired.
        """
        found = self._among(text, [*self.currencies.known, *map(item, self.things.known)])
        if found is None:
            raise Refused(
                "This server knows no such thing. Use one of its currencies, or a thing from its "
                "shop."
            )
        check_in_use(self.currencies.of(found))
        return found

    def _among(self, text: str, currencies: Collection[str]) -> str | None:
        """The one with this id, or else with this name: two things may be called the same."""
        typed = text.strip().lower()
        titles = {self.title(one).lower(): one for one in currencies}
        items = {one.removeprefix(ITEM_PREFIX).lower(): one for one in currencies}
        whole = {one.lower(): one for one in currencies}
        return {**titles, **items, **whole}.get(typed)


def _order(one: tuple[str, int]) -> tuple[bool, bool, str]:
    currency, _ = one
    return currency.startswith(ITEM_PREFIX), currency != COINS, currency


def names_of(conn: Connection, guild_id: int) -> Names:
    """What this guild calls them."""
    return Names(currencies_of(conn, guild_id), things(conn, guild_id))


async def choices(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """What the member carries and was typed so far: for the autocomplete of a command."""
    user_id = interaction.user.id

    def load(conn: Connection, guild_id: int) -> Iterator[tuple[str, str]]:
        names = names_of(conn, guild_id)
        for one, number in held(conn, guild_id, user_id).items():
            yield f"{names.title(one)} ({look.number(number)})", one

    return await autocomplete.looked_up(interaction, current, ["accounts", "shop"], load)
