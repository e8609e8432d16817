"""What each member owns in all: wallet and bank together, and since when.

Moving coins between one's own wallet and bank changes nothing here, so it costs nobody their place
among those who own as much.
"""

from collections import Counter
from dataclasses import dataclass

from events.ledger import COINS, NOBODY, LedgerEvent, bank, owner, wallet
from projections.accounts import LEDGER_EVENTS
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class NetWorth:
    """The coins of a member; ``worth_at`` is the position that made it this number."""

    user_id: int
    worth: int = 0
    worth_at: int = 0


NET_WORTH = Table("net_worth", NetWorth, "state", key=("user_id",), member="user_id")
READ_MODEL = ReadModel("net_worth", version=1, tables=(NET_WORTH,))


@READ_MODEL.on(*LEDGER_EVENTS)
def moved(event: LedgerEvent, to: WorkingSet) -> None:
    """What the event gave and took, for each member in sum."""
    changes: Counter[int] = Counter()
    for posting in event.postings:
        member = owner(posting.account)
        if member == NOBODY or posting.currency != COINS:
            continue
        if posting.account in (wallet(member), bank(member)):
            changes[member] += posting.amount
    for member, change in changes.items():
        if change:
            row = to.get(NET_WORTH, member) or NetWorth(member)
            row.worth += change
            row.worth_at = to.position
            to.put(NET_WORTH, row)
