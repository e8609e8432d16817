"""What a member's year or season came to, beside points: reactions, coins earned and coins spent.

By the guild's own day and by season, so that both can be told exactly; points, messages and voice
are in ``member_days`` and ``user_stats`` (``projections/points/rows.py``).
"""

from collections import Counter
from dataclasses import dataclass

from events.auctions import AuctionBid, AuctionReturned
from events.engine.event import Event
from events.ledger import COINS, LedgerEvent, member_of
from events.reactions import ReactionAdded, ReactionsTallied
from events.shop import ItemRefunded
from events.trades import TradeChanged, TradeConfirmed, TradeEnded
from projections.accounts import LEDGER_EVENTS
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table

NO_SEASON = 0
"""Where what belongs to no season is counted."""

GIVEN_BACK = (
    AuctionBid,
    AuctionReturned,
    ItemRefunded,
    TradeChanged,
    TradeConfirmed,
    TradeEnded,
)
"""Facts in which a member who gains coins only has back what they gave before."""


@dataclass(slots=True)
class Doings:
    """One of the guild's days (counted from 1970-01-01) of a member in a season. What came into
    wallet and bank is ``earned``, what left them ``spent``; what was given back is not spent."""

    user_id: int
    day: int
    season: int
    reactions_given: int
    reactions_received: int
    earned: int
    spent: int


DOINGS = Table("recap_days", Doings, "tally", key=("user_id", "day", "season"))
READ_MODEL = ReadModel("recaps", version=1, tables=(DOINGS,))


@READ_MODEL.on(ReactionAdded)
def reacted(event: ReactionAdded, to: WorkingSet) -> None:
    """The first time with an emoji, to a message of somebody else: what profiles count."""
    if event.ordinal != 1 or event.is_bot or event.user_id == event.target_id:
        return
    _count(to, event, event.user_id, reactions_given=1)
    if event.target_id is not None:
        _count(to, event, event.target_id, reactions_received=1)


@READ_MODEL.on(ReactionsTallied)
def tallied(event: ReactionsTallied, to: WorkingSet) -> None:
    """Reactions of whom nobody knows who gave them."""
    if event.target_id is not None and event.count > 0:
        _count(to, event, event.target_id, reactions_received=event.count)


@READ_MODEL.on(*LEDGER_EVENTS)
def posted(event: LedgerEvent, to: WorkingSet) -> None:
    """What the event did to a member's wallet and bank together: between them nothing is earned."""
    gains: Counter[int] = Counter()
    for posting in event.postings:
        member = member_of(posting.account)
        if member is not None and posting.currency == COINS:
            gains[member] += posting.amount
    when = _when(to, event)
    for member, gain in gains.items():
        if gain < 0 or isinstance(event, GIVEN_BACK):
            to.add(DOINGS, (member, *when), spent=-gain)
        else:
            to.add(DOINGS, (member, *when), earned=gain)


def _count(to: WorkingSet, event: Event, user_id: int | None, **more: int) -> None:
    to.add(DOINGS, (user_id or 0, *_when(to, event)), **more)


def _when(to: WorkingSet, event: Event) -> tuple[int, int]:
    """The guild's day and the season of ``event``."""
    season = to.rules.season_of(event.occurred_at) or NO_SEASON
    return to.rules.seasons.day_of(event.occurred_at), season
