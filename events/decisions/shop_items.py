"""What may stand in the shop: an admin puts an item in, changes it, takes it out."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from events.decisions.asked import Asked
from events.decisions.currency import NO_OTHERS, Currencies
from events.decisions.pets import species_of
from events.engine.errors import Refused
from events.ledger import COINS, MAX_AMOUNT
from events.shop import MAX_REFUND_HOURS, ShopItemDefined, ShopItemRemoved

MAX_ITEMS = 200
MAX_NAME = 50
MAX_EMOJI = 60
MAX_TEXT = 200
MAX_ROLE_PRICES = 10
_ITEM_ID: Final = re.compile(r"(?=.*[a-z0-9])[a-z0-9-]{1,32}")

CheckEffect = Callable[[str], object]
"""Raises Refused for an effect that does not exist."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the shop as it is now; the meanings are those of ``ShopItemDefined``."""

    item: str
    name: str
    price: int
    currency: str = COINS
    revision: int = 0
    removed: bool = False
    emoji: str = ""
    description: str = ""
    stock: int | None = None
    sold: int = 0
    member_limit: int | None = None
    role_id: int | None = None
    role_prices: dict[str, int] = field(default_factory=dict)
    refund_hours: int = 0
    effect: str | None = None

    @property
    def cheapest(self) -> int:
        """The lowest price that anybody pays."""
        return min([self.price, *self.role_prices.values()])

    def price_for(self, roles: Iterable[int]) -> tuple[int, int | None]:
        """What a member with these ``roles`` pays for one, and the role that makes it so."""
        prices = [
            (self.role_prices[str(r)], r) for r in sorted(roles) if str(r) in self.role_prices
        ]
        best = min(prices, default=None)
        return (self.price, None) if best is None or best[0] >= self.price else best


def key(item: str, revision: int) -> str:
    """The source id of an item's change."""
    return f"shop_item:{item}:{revision}"


def define(
    asked: Asked,
    wanted: Item,
    *,
    shop: Sequence[Item],
    based_on: int,
    check_effect: CheckEffect,
    known: Currencies = NO_OTHERS,
) -> ShopItemDefined:
    """The admin ``asked.user_id`` wants the item to be as ``wanted``; it was at revision
    ``based_on`` when they looked. ``known`` are the guild's currencies. Raises Refused for what an
    item cannot be."""
    check_id(wanted.item)
    _check_currency(wanted, known)
    _check_texts(wanted)
    _check_numbers(wanted)
    if wanted in shop:
        raise Refused("The item is like that already. Nothing was changed.")
    others = [item for item in shop if item.item != wanted.item and not item.removed]
    if any(item.name.lower() == wanted.name.lower() for item in others):
        raise Refused("Another item has that name. Pick a different one, or change that item.")
    if len(others) >= MAX_ITEMS:
        raise Refused(f"A shop has at most {MAX_ITEMS} items. Remove one first.")
    if wanted.effect is not None:
        check_effect(wanted.effect)
    return ShopItemDefined(
        **asked.envelope,
        source_id=key(wanted.item, based_on + 1),
        item=wanted.item,
        revision=based_on + 1,
        name=wanted.name,
        emoji=wanted.emoji,
        description=wanted.description,
        price=wanted.price,
        currency=wanted.currency,
        stock=wanted.stock,
        member_limit=wanted.member_limit,
        role_id=wanted.role_id,
        role_prices=wanted.role_prices,
        refund_hours=wanted.refund_hours,
        effect=wanted.effect,
        interaction_id=asked.interaction_id,
    )


def create(
    asked: Asked,
    wanted: Item,
    *,
    shop: Sequence[Item],
    check_effect: CheckEffect,
    known: Currencies = NO_OTHERS,
) -> ShopItemDefined:
    """The same for an item that is not in the shop (or not any more)."""
    earlier = next((item for item in shop if item.item == wanted.item), None)
    if earlier is not None and not earlier.removed:
        raise Refused("There is an item with that id already. Change it with /shop-admin edit.")
    return define(
        asked,
        wanted,
        shop=shop,
        based_on=earlier.revision if earlier else 0,
        check_effect=check_effect,
        known=known,
    )


def with_role_price(item: Item, role_id: int, price: int | None) -> Item:
    """The item with another price for members of a role; None for everybody's price."""
    prices = {role: amount for role, amount in item.role_prices.items() if role != str(role_id)}
    if price is not None:
        prices[str(role_id)] = price
    return replace(item, role_prices=prices)


def remove(asked: Asked, item: Item, *, based_on: int) -> ShopItemRemoved:
    """The admin ``asked.user_id`` takes ``item`` out of the shop. Raises Refused when it is out."""
    if item.removed:
        raise Refused("That item is not in the shop any more. /shop browse shows what is.")
    return ShopItemRemoved(
        **asked.envelope,
        source_id=key(item.item, based_on + 1),
        item=item.item,
        revision=based_on + 1,
        interaction_id=asked.interaction_id,
    )


def check_id(item: str) -> None:
    """Raises Refused for what cannot be the id of an item."""
    if not _ITEM_ID.fullmatch(item):
        raise Refused(
            "An item's id is made of lower-case letters, digits and hyphens, at most 32 of them, "
            "like `magic-sword`."
        )
    if species_of(item):
        raise Refused("Ids like that one belong to members' pets. Pick another id for the item.")


def _check_currency(wanted: Item, known: Currencies) -> None:
    coin = known.meant(wanted.currency)
    if coin.retired:
        raise Refused(
            f"This server has retired its {coin.plural}, so nothing new is sold for them. Choose "
            "another one with the option `currency` of /shop-admin edit."
        )


def _check_texts(wanted: Item) -> None:
    if not wanted.name.strip() or len(wanted.name) > MAX_NAME or "\n" in wanted.name:
        raise Refused(f"An item needs a name of one line and at most {MAX_NAME} letters.")
    if len(wanted.emoji) > MAX_EMOJI or "\n" in wanted.emoji:
        raise Refused("Pick one emoji for the item, or none.")
    if len(wanted.description) > MAX_TEXT:
        raise Refused(f"A description has at most {MAX_TEXT} letters. Make it shorter.")
    if wanted.effect is not None and len(wanted.effect) > MAX_TEXT:
        raise Refused(f"An effect is written in at most {MAX_TEXT} letters. Make it shorter.")


def _check_numbers(wanted: Item) -> None:
    prices = [wanted.price, *wanted.role_prices.values()]
    if min(prices) < 0 or max(prices) > MAX_AMOUNT:
        raise Refused(f"A price is a whole number from 0 to {MAX_AMOUNT:,}.")
    if len(wanted.role_prices) > MAX_ROLE_PRICES:
        raise Refused(f"An item has prices for at most {MAX_ROLE_PRICES} roles. Remove one first.")
    if wanted.stock is not None and not 0 <= wanted.stock <= MAX_AMOUNT:
        raise Refused(f"The stock is a whole number from 0 to {MAX_AMOUNT:,}, or unlimited.")
    if wanted.member_limit is not None and not 1 <= wanted.member_limit <= MAX_AMOUNT:
        raise Refused("The limit per member is a whole number of 1 or more, or none.")
    if not 0 <= wanted.refund_hours <= MAX_REFUND_HOURS:
        raise Refused(f"Purchases can be returned for 0 to {MAX_REFUND_HOURS:,} hours.")
