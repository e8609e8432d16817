"""May this change hands? Decided under the stream's lock, on balances that cannot change."""

from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from events.currency import COIN, Coin
from events.decisions.amounts import check_room
from events.decisions.asked import Asked
from events.decisions.currency import check_in_use
from events.decisions.economy import Member
from events.decisions.shop_items import Item
from events.engine.errors import Refused
from events.ledger import (
    MAX_AMOUNT,
    MAX_BALANCE,
    MINT,
    SHOP,
    SINK,
    Posting,
    item,
    move,
    wallet,
)
from events.shop import ItemBought, ItemGiven, ItemRefunded, ItemSold


@dataclass(frozen=True, slots=True)
class Buyer:
    """The member who asks, as the books and Discord know them: what the wallet holds of the
    price's currency, how many of the item they have, how many they have bought (returned ones left
    out), and their roles."""

    coins: int
    held: int
    bought: int
    roles: frozenset[int]


@dataclass(frozen=True, slots=True)
class Purchase:
    """Something that was bought, and until when it can be returned (None: never)."""

    purchase_id: int
    item: str
    name: str
    quantity: int
    price: int
    currency: str
    refundable_until: datetime | None
    refunded_at: datetime | None


def buy(
    asked: Asked,
    wanted: Item,
    quantity: int,
    buyer: Buyer,
    *,
    shop_coins: int,
    agreed: int | None = None,
    coin: Coin = COIN,
) -> ItemBought:
    """``asked.user_id`` buys ``quantity`` of ``wanted``, which is sold for ``coin``. ``agreed`` is
    the ``quote`` of the price for one that they were shown, if they were; ``shop_coins`` is what
    the shop has in its till.

    Raises Refused: not in the shop, a role is missing, none left, over the limit, too few coins.
    """
    unit_price, price_role = wanted.price_for(buyer.roles)
    _check_offer(wanted, quantity, buyer)
    check_in_use(coin)
    if agreed is not None and agreed != quote(unit_price, coin):
        raise Refused(f"The price is {coin.words(unit_price)} now. Look again with /shop browse.")
    price = unit_price * quantity
    if price > MAX_AMOUNT:
        raise Refused(f"One purchase costs at most {coin.words(MAX_AMOUNT)}. Buy fewer at a time.")
    if price > buyer.coins:
        raise Refused(
            f"That costs {coin.words(price)} and you carry {buyer.coins:,}, so "
            f"{price - buyer.coins:,} are missing."
        )
    check_room(shop_coins, price, "The shop's till", coin)
    return ItemBought(
        **asked.envelope,
        source_id=asked.source_id(ItemBought.event_type),
        item=wanted.item,
        purchase_id=asked.interaction_id,
        quantity=quantity,
        unit_price=unit_price,
        price=price,
        currency=coin.currency,
        price_role_id=price_role,
        gate_role_id=wanted.role_id,
        revision=wanted.revision,
        refund_hours=wanted.refund_hours,
        stock_left=None if wanted.stock is None else wanted.stock - quantity,
        postings=[
            *_paid(price, coin.currency, source=wallet(asked.user_id), to=SHOP),
            *_things(wanted.item, quantity, source=MINT, to=wallet(asked.user_id)),
        ],
    )


def _check_offer(wanted: Item, quantity: int, buyer: Buyer) -> None:
    """What stands in the way beside the price."""
    _check_quantity(quantity)
    if wanted.removed:
        raise Refused("That is not in the shop any more. /shop browse shows what is.")
    if wanted.role_id is not None and wanted.role_id not in buyer.roles:
        raise Refused(f"Only members with the role <@&{wanted.role_id}> can buy this.")
    if wanted.stock is not None and quantity > wanted.stock:
        left = f"Only {wanted.stock:,} left. Buy fewer." if wanted.stock > 0 else "It is sold out."
        raise Refused(f"{left} /shop browse shows what else there is.")
    if wanted.member_limit is not None and buyer.bought + quantity > wanted.member_limit:
        raise Refused(
            f"A member can buy {wanted.member_limit:,} of this and you have bought "
            f"{buyer.bought:,}, so you can buy {max(0, wanted.member_limit - buyer.bought):,} more."
        )
    _check_room(buyer.held, quantity, "You")


def sell(
    asked: Asked,
    offered: Item,
    quantity: int,
    *,
    held: int,
    coins: int,
    percent: int,
    shop_free: int,
    agreed: int | None = None,
    coin: Coin = COIN,
) -> ItemSold:
    """``asked.user_id``, who has ``held`` of it and ``coins``, sells things to the shop for
    ``percent`` of the lowest price that anybody pays (so that nobody lives on buying cheap and
    selling dear). ``shop_free`` is what the shop can spend: coins that it may have to refund are
    kept. ``agreed`` is the ``quote`` of the whole price that they were shown, if they were. Raises
    Refused."""
    _check_quantity(quantity)
    _check_held(held, quantity)
    if offered.removed:
        raise Refused("The shop does not trade in this any more. You can still /give it away.")
    check_in_use(coin)
    price = offered.cheapest * percent * quantity // 100
    if price == 0:
        raise Refused("The shop would pay nothing for this. You can still /give it away.")
    if agreed is not None and agreed != quote(price, coin):
        raise Refused(f"The shop would pay {coin.words(price)} now. Ask again with /shop sell.")
    if price > MAX_AMOUNT:
        raise Refused(f"The shop pays at most {coin.words(MAX_AMOUNT)} at once. Sell fewer.")
    if price > shop_free:
        raise Refused(
            f"The shop would pay {coin.words(price)} but can spend only {max(0, shop_free):,} now. "
            "Sell fewer, or try again when others have bought something."
        )
    check_room(coins, price, "Your wallet", coin)
    return ItemSold(
        **asked.envelope,
        source_id=asked.source_id(ItemSold.event_type),
        item=offered.item,
        quantity=quantity,
        list_price=offered.cheapest,
        percent=percent,
        price=price,
        currency=coin.currency,
        revision=offered.revision,
        postings=[
            *_things(offered.item, quantity, source=wallet(asked.user_id), to=SINK),
            *_paid(price, coin.currency, source=SHOP, to=wallet(asked.user_id)),
        ],
    )


def refund(
    asked: Asked,
    purchase: Purchase,
    *,
    held: int,
    coins: int,
    shop_coins: int,
    coin: Coin = COIN,
) -> ItemRefunded:
    """``asked.user_id`` returns what they bought and gets the whole price back. Raises Refused
    when that was done, it is too late, or not all of it is there any more."""
    if purchase.refunded_at is not None:
        raise Refused("That purchase was returned already, and you were paid back.")
    if purchase.refundable_until is None:
        raise Refused("That was sold for good. You can sell it back with /shop sell.")
    if asked.at > purchase.refundable_until:
        raise Refused("It is too late to return that. You can still sell it with /shop sell.")
    if held < purchase.quantity:
        raise Refused(
            f"A purchase is returned whole: {purchase.quantity:,}, of which you have {held:,}, so "
            f"{purchase.quantity - held:,} are missing."
        )
    if purchase.price > shop_coins:
        raise Refused("The shop's till does not hold that much now. Tell an admin of this server.")
    check_room(coins, purchase.price, "Your wallet", coin)
    return ItemRefunded(
        **asked.envelope,
        source_id=refund_key(purchase.purchase_id),
        item=purchase.item,
        purchase_id=purchase.purchase_id,
        quantity=purchase.quantity,
        price=purchase.price,
        currency=purchase.currency,
        postings=[
            *_things(purchase.item, purchase.quantity, source=wallet(asked.user_id), to=SINK),
            *_paid(purchase.price, purchase.currency, source=SHOP, to=wallet(asked.user_id)),
        ],
    )


def refund_key(purchase_id: int) -> str:
    """The source id of a purchase's refund: one for ever."""
    return f"{purchase_id}:{ItemRefunded.event_type}"


def give(
    asked: Asked, receiver: Member, item_id: str, quantity: int, *, held: int, receiver_held: int
) -> ItemGiven:
    """``asked.user_id``, who has ``held`` of a thing, gives some to ``receiver``.

    Raises Refused: to oneself, to a bot, to somebody who left, more than there is.
    """
    if receiver.user_id == asked.user_id:
        raise Refused("You have that already. Pick somebody else.")
    if receiver.is_bot:
        raise Refused("Bots have no pockets. Pick a member.")
    if not receiver.present:
        raise Refused("That member has left this server, so it would be lost to them.")
    _check_quantity(quantity)
    _check_held(held, quantity)
    _check_room(receiver_held, quantity, "That member")
    return ItemGiven(
        **asked.envelope,
        source_id=asked.source_id(ItemGiven.event_type),
        target_id=receiver.user_id,
        item=item_id,
        quantity=quantity,
        postings=_things(
            item_id, quantity, source=wallet(asked.user_id), to=wallet(receiver.user_id)
        ),
    )


def quote(price: int, coin: Coin) -> int:
    """A short number for this price in this currency: what a button remembers of it, in the seven
    digits that there is room for."""
    return crc32(f"{price} {coin.currency}".encode()) % 10**7


def _paid(amount: int, currency: str, *, source: str, to: str) -> list[Posting]:
    """What moves the price; nothing when there is none."""
    return move(amount, source=source, to=to, currency=currency) if amount else []


def _things(item_id: str, quantity: int, *, source: str, to: str) -> list[Posting]:
    return move(quantity, source=source, to=to, currency=item(item_id))


def _check_quantity(quantity: int) -> None:
    if quantity < 1:
        raise Refused("Take at least 1.")
    if quantity > MAX_AMOUNT:
        raise Refused(f"At most {MAX_AMOUNT:,} at a time.")


def _check_held(held: int, quantity: int) -> None:
    if quantity > held:
        raise Refused(
            f"You have {held:,} of that, so {quantity - held:,} are missing. "
            "/inventory shows what you have."
        )


def _check_room(held: int, quantity: int, who: str) -> None:
    if held + quantity > MAX_BALANCE:
        raise Refused(f"{who} cannot carry more of that. Take fewer.")
