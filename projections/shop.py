"""The shop as it is now: what each item is and costs, how many are left and how many were sold.

An item that was removed keeps its row, so that what members still have of it keeps its name and
that its next revision goes on from there.
"""

from dataclasses import dataclass
from datetime import datetime

from events.shop import ItemBought, ItemRefunded, ItemSold, ShopItemDefined, ShopItemRemoved
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class ShopItem:
    """One item; ``stock`` is what is left for sale (None: no end of it), ``sold`` how many went
    over the counter, returned ones left out."""

    item: str
    revision: int
    removed: bool
    name: str
    emoji: str
    description: str
    price: int
    currency: str
    stock: int | None
    sold: int
    member_limit: int | None
    role_id: int | None
    role_prices: dict[str, int]
    refund_hours: int
    effect: str | None
    changed_by: int | None
    changed_at: datetime
    position: int


SHOP_ITEMS = Table("shop_items", ShopItem, "state", key=("item",))
READ_MODEL = ReadModel("shop", version=2, tables=(SHOP_ITEMS,))


@READ_MODEL.on(ShopItemDefined)
def defined(event: ShopItemDefined, to: WorkingSet) -> None:
    """The newest definition is the one in force; what was sold stays sold."""
    known = to.get(SHOP_ITEMS, event.item)
    row = ShopItem(
        item=event.item,
        revision=event.revision,
        removed=False,
        name=event.name,
        emoji=event.emoji,
        description=event.description,
        price=event.price,
        currency=event.currency,
        stock=event.stock,
        sold=known.sold if known else 0,
        member_limit=event.member_limit,
        role_id=event.role_id,
        role_prices=event.role_prices,
        refund_hours=event.refund_hours,
        effect=event.effect,
        changed_by=event.user_id,
        changed_at=event.occurred_at,
        position=to.position,
    )
    to.put(SHOP_ITEMS, row)


@READ_MODEL.on(ShopItemRemoved)
def removed(event: ShopItemRemoved, to: WorkingSet) -> None:
    """It is for sale no more."""
    row = to.get(SHOP_ITEMS, event.item)
    if row is None:
        return
    row.removed, row.revision, row.position = True, event.revision, to.position
    row.changed_by, row.changed_at = event.user_id, event.occurred_at
    to.put(SHOP_ITEMS, row)


@READ_MODEL.on(ItemBought)
def bought(event: ItemBought, to: WorkingSet) -> None:
    """Fewer on the shelf."""
    _count(to, event.item, sold=event.quantity, stock=-event.quantity)


@READ_MODEL.on(ItemSold)
def sold(event: ItemSold, to: WorkingSet) -> None:
    """The shop has them again."""
    _count(to, event.item, sold=0, stock=event.quantity)


@READ_MODEL.on(ItemRefunded)
def refunded(event: ItemRefunded, to: WorkingSet) -> None:
    """As if they had not been sold."""
    _count(to, event.item, sold=-event.quantity, stock=event.quantity)


def _count(to: WorkingSet, item: str, *, sold: int, stock: int) -> None:
    """Change what was sold and what is left of an item; one never defined has no shelf."""
    row = to.get(SHOP_ITEMS, item)
    if row is None:
        return
    row.sold += sold
    if row.stock is not None:
        row.stock += stock
    to.put(SHOP_ITEMS, row)
