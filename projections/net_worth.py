"""What each member owns of a currency in all: wallet and bank together, and since when. Things and
debts are no currency here.

Moving coins between one's own wallet and bank changes nothing here, so it costs nobody their place
among those who own as much.
"""

from collections import Counter
from dataclasses import dataclass

from events.ledger import DEBT_PREFIX, ITEM_PREFIX, LedgerEvent, member_of
from projections.accounts import LEDGER_EVENTS
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class NetWorth:
    """What a member owns of a currency; ``worth_at`` is the position that made it this number."""

    user_id: int
    currency: str
    worth: int = 0
    worth_at: int = 0


NET_WORTH = Table("net_worth", NetWorth, "state", key=("user_id", "currency"), member="user_id")
READ_MODEL = ReadModel("net_worth", version=2, tables=(NET_WORTH,))


@READ_MODEL.on(*LEDGER_EVENTS)
def moved(event: LedgerEvent, to: WorkingSet) -> None:
    """What the event gave and took, for each member in sum."""
    changes: Counter[tuple[int, str]] = Counter()
    for posting in event.postings:
        member, currency = member_of(posting.account), posting.currency
        if member is not None and not currency.startswith((ITEM_PREFIX, DEBT_PREFIX)):
            changes[member, currency] += posting.amount
    for (member, currency), change in changes.items():
        if change:
            row = to.get(NET_WORTH, member, currency) or NetWorth(member, currency)
            row.worth += change
            row.worth_at = to.position
            to.put(NET_WORTH, row)
