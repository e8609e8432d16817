"""Trades: what each side offers, in which version, who has confirmed it, and how it ended.

What a trade holds in escrow is what ``confirmed_by`` offers; the ledger has it too.
"""

from dataclasses import dataclass, field
from datetime import datetime

from events.engine.snowflake import from_ms
from events.ledger import NOBODY
from events.trades import TradeChanged, TradeConfirmed, TradeEnded, TradeOpened, TradeSettled
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Trade:
    """One trade; an offer is how much of each currency."""

    trade_id: int
    proposer_id: int
    partner_id: int
    expires_at: datetime
    proposer_offer: dict[str, int] = field(default_factory=dict)
    partner_offer: dict[str, int] = field(default_factory=dict)
    version: int = 0
    confirmed_by: int | None = None
    state: str = "open"


TRADES = Table("trades", Trade, "state", key=("trade_id",), member="trade_id")
READ_MODEL = ReadModel("trades", version=1, tables=(TRADES,))


@READ_MODEL.on(TradeOpened)
def opened(event: TradeOpened, to: WorkingSet) -> None:
    """Nothing is offered yet."""
    proposer, partner = event.user_id or NOBODY, event.target_id or NOBODY
    to.put(TRADES, Trade(event.trade_id, proposer, partner, from_ms(event.expires_ms)))


@READ_MODEL.on(TradeChanged)
def changed(event: TradeChanged, to: WorkingSet) -> None:
    """A side offers more or less of something; nobody has confirmed the new version."""
    trade = to.get(TRADES, event.trade_id)
    if trade is None:
        return
    own = event.user_id == trade.proposer_id
    offer = dict(trade.proposer_offer if own else trade.partner_offer)
    offer[event.currency] = event.quantity
    if not event.quantity:
        del offer[event.currency]
    if own:
        trade.proposer_offer = offer
    else:
        trade.partner_offer = offer
    trade.version, trade.confirmed_by = event.version, None
    to.put(TRADES, trade)


@READ_MODEL.on(TradeConfirmed)
def confirmed(event: TradeConfirmed, to: WorkingSet) -> None:
    """The first side agrees."""
    trade = to.get(TRADES, event.trade_id)
    if trade is not None:
        trade.confirmed_by = event.user_id
        to.put(TRADES, trade)


@READ_MODEL.on(TradeSettled)
def settled(event: TradeSettled, to: WorkingSet) -> None:
    """Both have agreed."""
    _end(to, event.trade_id, "settled")


@READ_MODEL.on(TradeEnded)
def ended(event: TradeEnded, to: WorkingSet) -> None:
    """It came to nothing."""
    _end(to, event.trade_id, event.outcome)


def _end(to: WorkingSet, trade_id: int, state: str) -> None:
    trade = to.get(TRADES, trade_id)
    if trade is not None:
        trade.state, trade.confirmed_by = state, None
        to.put(TRADES, trade)
