"""What admins, and the week's upkeep, did to the economy: a line for each event and currency.

An act is one such thing in one event or several; undoing it is logged as a line of the same act.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from events.economy import CoinsAwarded
from events.economy_acts import EconomyReset, EconomyUndone, act_of
from events.ledger import COINS, NOBODY, LedgerEvent, owner
from events.upkeep import InterestPaid, LevyTaken, TaxTaken, WalletsDecayed
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table

UNDOABLE = (CoinsAwarded, EconomyReset, InterestPaid, TaxTaken, LevyTaken, WalletsDecayed)
"""The events of acts that can be undone."""


@dataclass(slots=True)
class AdminLine:
    """What an event did to the members' accounts in one currency; ``amount`` is what they gained
    by it in all, ``members`` how many it moved."""

    position: int
    line: int
    act: str
    event_type: str
    actor_id: int | None
    target_id: int | None
    currency: str
    amount: int
    members: int
    reason: str | None
    occurred_at: datetime


LOG = Table("admin_log", AdminLine, "journal", key=("position", "line"))
READ_MODEL = ReadModel("admin_log", version=1, tables=(LOG,))


@READ_MODEL.on(*UNDOABLE, EconomyUndone)
def acted(event: LedgerEvent, to: WorkingSet) -> None:
    """One line for each currency; one that says so when nobody was concerned."""
    gained: Counter[str] = Counter()
    moved: dict[str, set[int]] = {}
    for posting in event.postings:
        owner_id = owner(posting.account)
        if owner_id != NOBODY:
            gained[posting.currency] += posting.amount
            moved.setdefault(posting.currency, set()).add(owner_id)
    for line, currency in enumerate(moved or {COINS: set()}, start=1):
        to.write(
            LOG,
            AdminLine(
                position=to.position,
                line=line,
                act=act_of(event.source_id),
                event_type=event.event_type,
                actor_id=event.user_id,
                target_id=event.target_id,
                currency=currency,
                amount=gained[currency],
                members=len(moved.get(currency, ())),
                reason=getattr(event, "reason", None),
                occurred_at=event.occurred_at,
            ),
        )
