"""The ledger: every posting with the balance after it, and the balance of every account.

Money is a fact: the fold adds up what the events say and checks nothing. That no account but the
mint goes below zero is decided before the event is recorded, under the stream's lock; the
database refuses a row that breaks it all the same.
"""

from dataclasses import dataclass
from datetime import datetime

from events.engine.catalogue import event_types
from events.ledger import LedgerEvent, owner
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Account:
    """What an account holds of a currency; ``balance_at`` is the position that made it so."""

    account: str
    currency: str
    owner_id: int
    balance: int = 0
    balance_at: int = 0


@dataclass(slots=True)
class LedgerEntry:
    """One posting, and what the account held after it."""

    position: int
    line: int
    account: str
    currency: str
    amount: int
    balance: int
    owner_id: int
    event_type: str
    counterpart_id: int | None
    occurred_at: datetime


ACCOUNTS = Table("accounts", Account, "state", key=("account", "currency"), member="owner_id")
ENTRIES = Table("ledger_entries", LedgerEntry, "journal", key=("position", "line"))
READ_MODEL = ReadModel("accounts", version=1, tables=(ACCOUNTS, ENTRIES))


LEDGER_EVENTS = [cls for cls in event_types().values() if issubclass(cls, LedgerEvent)]


@READ_MODEL.on(*LEDGER_EVENTS)
def posted(event: LedgerEvent, to: WorkingSet) -> None:
    """Apply each posting to its account and write the line."""
    named = [member for member in (event.target_id, event.user_id) if member is not None]
    for line, posting in enumerate(event.postings, start=1):
        owner_id = owner(posting.account)
        account = to.get(ACCOUNTS, posting.account, posting.currency) or Account(
            posting.account, posting.currency, owner_id
        )
        account.balance += posting.amount
        account.balance_at = to.position
        to.put(ACCOUNTS, account)
        to.write(
            ENTRIES,
            LedgerEntry(
                position=to.position,
                line=line,
                account=posting.account,
                currency=posting.currency,
                amount=posting.amount,
                balance=account.balance,
                owner_id=owner_id,
                event_type=event.event_type,
                counterpart_id=next((member for member in named if member != owner_id), None),
                occurred_at=event.occurred_at,
            ),
        )
