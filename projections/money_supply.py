"""The money supply by day: what each kind of event made, destroyed and moved.

Made is what comes out of the mint, destroyed what goes into the sink (an act that is undone counts
back on both), moved what one account gained from another. The supply on a day is all that was made
until then less what was destroyed.
"""

from dataclasses import dataclass

from events.ledger import MINT, SINK, LedgerEvent
from projections.accounts import LEDGER_EVENTS
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Flow:
    """What the events of a type did to a currency on a UTC day (yyyymmdd)."""

    day: int
    currency: str
    event_type: str
    minted: int
    burned: int
    moved: int
    events: int


FLOWS = Table("money_supply", Flow, "tally", key=("day", "currency", "event_type"))
READ_MODEL = ReadModel("money_supply", version=2, tables=(FLOWS,))


@READ_MODEL.on(*LEDGER_EVENTS)
def flowed(event: LedgerEvent, to: WorkingSet) -> None:
    """Each posting counts where it belongs; the event counts once for each currency."""
    at = event.occurred_at
    day = at.year * 10000 + at.month * 100 + at.day
    for currency in dict.fromkeys(posting.currency for posting in event.postings):
        own = [posting for posting in event.postings if posting.currency == currency]
        minted = -sum(posting.amount for posting in own if posting.account == MINT)
        burned = sum(posting.amount for posting in own if posting.account == SINK)
        gained = sum(p.amount for p in own if p.amount > 0 and p.account not in (MINT, SINK))
        to.add(
            FLOWS,
            (day, currency, event.event_type),
            minted=minted,
            burned=burned,
            moved=gained - max(minted, 0) - max(-burned, 0),
            events=1,
        )
