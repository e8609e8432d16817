"""The shop: what it offers, and what members buy from it, sell to it, return and give away.

Source ids: ``shop_item:{item}:{revision}`` for each change of an item (one number after the other,
so that a change of what somebody else has changed meanwhile collides with theirs),
``{interaction}:item_bought``, ``{interaction}:item_sold``, ``{interaction}:item_given``,
``{purchase}:item_refunded`` (a purchase is returned once, whoever asks how often),
``{UTC day}:shop_burn``.

Things are currencies of the ledger: they come out of the mint, lie in wallets, go to the sink.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from events.engine.event import Count, Event, Label, Snowflake
from events.ledger import COINS, LedgerEvent

MAX_REFUND_HOURS = 8760

RefundHours = Annotated[int, Field(ge=0, le=MAX_REFUND_HOURS)]
"""For how long a purchase can be returned; 0 for never."""


class ShopItemDefined(Event):
    """The admin ``user_id`` put an item into the shop or changed it: all of it, as it is now."""

    event_type: ClassVar[str] = "shop_item_defined"

    item: Label
    revision: Count
    """How often this item has been defined or removed, this time included."""
    name: Label
    emoji: Label
    description: Label
    price: Count
    currency: Label = COINS
    """What prices of it are in."""
    stock: Count | None
    """How many are left for sale from now on; None for as many as anybody wants."""
    member_limit: Count | None
    """How many a member may buy in all, returned ones left out."""
    role_id: Snowflake | None
    """The role that a buyer needs."""
    role_prices: dict[Label, Count]
    """What members of a role pay, by the role's id."""
    refund_hours: RefundHours
    effect: Label | None
    """What using it does, by its id; None for a thing that is only had."""
    interaction_id: Snowflake


class ShopItemRemoved(Event):
    """The admin ``user_id`` took an item out of the shop; who has it keeps it."""

    event_type: ClassVar[str] = "shop_item_removed"

    item: Label
    revision: Count
    interaction_id: Snowflake


class ItemBought(LedgerEvent):
    """``user_id`` bought ``quantity`` of an item from the shop."""

    event_type: ClassVar[str] = "item_bought"

    item: Label
    purchase_id: Snowflake
    """The interaction that asked for it: what a refund names."""
    quantity: Count
    unit_price: Count
    price: Count
    currency: Label = COINS
    price_role_id: Snowflake | None
    """The role that gave the price; None when it is everybody's."""
    gate_role_id: Snowflake | None
    """The role without which it could not be bought, and which the buyer had."""
    revision: Count
    """The definition of the item that was in force."""
    refund_hours: RefundHours
    stock_left: Count | None


class ItemSold(LedgerEvent):
    """``user_id`` sold ``quantity`` of an item to the shop, which can sell them again."""

    event_type: ClassVar[str] = "item_sold"

    item: Label
    quantity: Count
    list_price: Count
    """The lowest price that anybody paid for one at that time."""
    percent: Count
    """How much of it the shop gave."""
    price: Count
    currency: Label = COINS
    revision: Count


class ItemRefunded(LedgerEvent):
    """``user_id`` returned a purchase and got the whole price back."""

    event_type: ClassVar[str] = "item_refunded"

    item: Label
    purchase_id: Snowflake
    quantity: Count
    price: Count
    currency: Label = COINS


class ItemGiven(LedgerEvent):
    """``user_id`` gave ``target_id`` some of their things."""

    event_type: ClassVar[str] = "item_given"

    item: Label
    quantity: Count


class TakingsBurned(LedgerEvent):
    """What the shop had taken and nobody can claim back any more was destroyed, once a UTC day."""

    event_type: ClassVar[str] = "shop_burn"

    till: Count
    """What the shop held before."""
    kept: Count
    """How much of it the shop had to keep: what may still be refunded, and the takings of its
    newest days, out of which it buys things back."""
    keep_days: Count
    """The guild's ``shop_keep_days``."""
    amount: Count
