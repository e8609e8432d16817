"""Short ways to make what happens in the shop."""

from datetime import datetime
from typing import Any

from events.ledger import COINS, MINT, SHOP, SINK, item, move, wallet
from events.shop import ItemBought, ItemRefunded, ItemSold, ShopItemDefined, ShopItemRemoved
from tests.support.facts import GUILD, at

SHOPKEEPER = 2098


def defined(thing: str, *, revision: int = 1, seconds: float = 0, **more: Any) -> ShopItemDefined:
    """The admin SHOPKEEPER offers ``thing``."""
    fields: dict[str, Any] = {
        "name": thing.title(),
        "emoji": "",
        "description": "",
        "price": 100,
        "stock": None,
        "member_limit": None,
        "role_id": None,
        "role_prices": {},
        "refund_hours": 0,
        "effect": None,
    }
    return ShopItemDefined(
        guild_id=GUILD,
        source_id=f"shop_item:{thing}:{revision}",
        user_id=SHOPKEEPER,
        occurred_at=at(seconds),
        item=thing,
        revision=revision,
        interaction_id=8000 + revision,
        **fields | more,
    )


def removed(thing: str, *, revision: int, seconds: float = 0) -> ShopItemRemoved:
    """The admin SHOPKEEPER takes ``thing`` out of the shop."""
    return ShopItemRemoved(
        guild_id=GUILD,
        source_id=f"shop_item:{thing}:{revision}",
        user_id=SHOPKEEPER,
        occurred_at=at(seconds),
        item=thing,
        revision=revision,
        interaction_id=8000 + revision,
    )


def bought(
    number: int, thing: str, quantity: int = 1, *, user: int, seconds: float = 0, **more: Any
) -> ItemBought:
    """Purchase ``number``: ``user`` buys ``quantity`` of ``thing`` for 100 coins each, if the
    price of all is not given."""
    price = more.pop("price", 100 * quantity)
    currency = more.pop("currency", COINS)
    return ItemBought(
        guild_id=more.pop("guild", GUILD),
        source_id=f"{number}:item_bought",
        user_id=user,
        occurred_at=more.pop("when", at(seconds)),
        item=thing,
        purchase_id=number,
        quantity=quantity,
        unit_price=price // quantity,
        price=price,
        currency=currency,
        price_role_id=None,
        gate_role_id=None,
        revision=1,
        refund_hours=more.pop("refund_hours", 0),
        stock_left=None,
        postings=[
            *move(price, source=wallet(user), to=SHOP, currency=currency),
            *move(quantity, source=MINT, to=wallet(user), currency=item(thing)),
        ],
    )


def refunded(purchase: ItemBought, *, when: datetime) -> ItemRefunded:
    """A purchase is returned by its buyer."""
    buyer = wallet(purchase.user_id or 0)
    thing = item(purchase.item)
    return ItemRefunded(
        guild_id=purchase.guild_id,
        source_id=f"{purchase.purchase_id}:item_refunded",
        user_id=purchase.user_id,
        occurred_at=when,
        item=purchase.item,
        purchase_id=purchase.purchase_id,
        quantity=purchase.quantity,
        price=purchase.price,
        currency=purchase.currency,
        postings=[
            *move(purchase.quantity, source=buyer, to=SINK, currency=thing),
            *move(purchase.price, source=SHOP, to=buyer, currency=purchase.currency),
        ],
    )


def sold(number: int, thing: str, quantity: int, *, user: int) -> ItemSold:
    """``user`` sells ``quantity`` of ``thing`` back at 50 coins each."""
    return ItemSold(
        guild_id=GUILD,
        source_id=f"{number}:item_sold",
        user_id=user,
        occurred_at=at(number),
        item=thing,
        quantity=quantity,
        list_price=100,
        percent=50,
        price=50 * quantity,
        revision=1,
        postings=[
            *move(quantity, source=wallet(user), to=SINK, currency=item(thing)),
            *move(50 * quantity, source=SHOP, to=wallet(user)),
        ],
    )
