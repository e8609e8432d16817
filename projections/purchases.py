"""What members have bought in the shop, and what of it was returned: for limits and refunds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.shop import ItemBought, ItemRefunded
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Purchase:
    """One purchase; it can be returned until ``refundable_until``, once; None: not at all."""

    user_id: int
    purchase_id: int
    item: str
    quantity: int
    price: int
    currency: str
    bought_at: datetime
    refundable_until: datetime | None
    refunded_at: datetime | None
    position: int


PURCHASES = Table("purchases", Purchase, "state", key=("user_id", "purchase_id"), member="user_id")
READ_MODEL = ReadModel("purchases", version=2, tables=(PURCHASES,))


@READ_MODEL.on(ItemBought)
def bought(event: ItemBought, to: WorkingSet) -> None:
    """A purchase, under the terms of its time."""
    hours = event.refund_hours
    purchase = Purchase(
        user_id=event.user_id or 0,
        purchase_id=event.purchase_id,
        item=event.item,
        quantity=event.quantity,
        price=event.price,
        currency=event.currency,
        bought_at=event.occurred_at,
        refundable_until=event.occurred_at + timedelta(hours=hours) if hours else None,
        refunded_at=None,
        position=to.position,
    )
    to.put(PURCHASES, purchase)


@READ_MODEL.on(ItemRefunded)
def refunded(event: ItemRefunded, to: WorkingSet) -> None:
    """It was returned."""
    purchase = to.get(PURCHASES, event.user_id or 0, event.purchase_id)
    if purchase is None:
        return
    purchase.refunded_at = event.occurred_at
    to.put(PURCHASES, purchase)
