"""Auctions: what is put up, on which terms, the highest bid, and how each ended.

What an auction holds in escrow is the lot and, once ``bidder_id`` is somebody, ``bid``.
"""

from dataclasses import dataclass
from datetime import datetime

from events.auctions import AuctionBid, AuctionReturned, AuctionSold, AuctionStarted
from events.engine.snowflake import from_ms
from events.ledger import NOBODY
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Auction:
    """One auction."""

    auction_id: int
    seller_id: int
    currency: str
    quantity: int
    bid_currency: str
    minimum: int
    increment: int
    buyout: int | None
    fee_percent: int
    ends_at: datetime
    bidder_id: int | None = None
    bid: int = 0
    bids: int = 0
    state: str = "open"


AUCTIONS = Table("auctions", Auction, "state", key=("auction_id",), member="auction_id")
READ_MODEL = ReadModel("auctions", version=1, tables=(AUCTIONS,))


@READ_MODEL.on(AuctionStarted)
def started(event: AuctionStarted, to: WorkingSet) -> None:
    """Nobody has bid yet."""
    to.put(
        AUCTIONS,
        Auction(
            auction_id=event.auction_id,
            seller_id=event.user_id or NOBODY,
            currency=event.currency,
            quantity=event.quantity,
            bid_currency=event.bid_currency,
            minimum=event.minimum,
            increment=event.increment,
            buyout=event.buyout,
            fee_percent=event.fee_percent,
            ends_at=from_ms(event.ends_ms),
        ),
    )


@READ_MODEL.on(AuctionBid)
def bid(event: AuctionBid, to: WorkingSet) -> None:
    """Somebody leads now; a late bid prolongs."""
    auction = to.get(AUCTIONS, event.auction_id)
    if auction is None:
        return
    auction.bidder_id, auction.bid = event.user_id, event.amount
    auction.bids += 1
    auction.ends_at = from_ms(event.ends_ms)
    to.put(AUCTIONS, auction)


@READ_MODEL.on(AuctionSold)
def sold(event: AuctionSold, to: WorkingSet) -> None:
    """The highest bid has won."""
    _end(to, event.auction_id, "sold")


@READ_MODEL.on(AuctionReturned)
def returned(event: AuctionReturned, to: WorkingSet) -> None:
    """The lot went back."""
    _end(to, event.auction_id, event.outcome)


def _end(to: WorkingSet, auction_id: int, state: str) -> None:
    auction = to.get(AUCTIONS, auction_id)
    if auction is not None:
        auction.state = state
        to.put(AUCTIONS, auction)
