"""May this be auctioned, bid, called off, and what comes of it at the end? Decided under the lock.

Whoever is outbid is paid back by the event that outbids them, so what is held is always the lot
and the one highest bid.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from events.auctions import AuctionBid, AuctionReturned, AuctionSold, AuctionStarted
from events.currency import Coin
from events.decisions.amounts import NO_OTHERS, Goods, check_room, counted
from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import to_ms
from events.ledger import FEES, MAX_AMOUNT, Posting, escrow, move, wallet

Outcome = Literal["unsold", "cancelled"]
"""Why a lot goes back."""
MAX_OPEN: Final = 10
"""Auctions that a member may have open."""
LATE: Final = timedelta(minutes=2)
"""A bid that comes this close to the end prolongs the auction by as much."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a seller wants."""

    currency: str
    quantity: int
    bid_currency: str
    minimum: int
    increment: int
    buyout: int | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Auction:
    """An auction as it stands; ``bidder_id`` is None until somebody has bid."""

    auction_id: int
    seller_id: int
    currency: str
    quantity: int
    bid_currency: str
    minimum: int
    increment: int
    buyout: int | None
    fee_percent: int
    bidder_id: int | None
    bid: int
    bids: int
    ends_at: datetime
    state: str

    @property
    def next_bid(self) -> int:
        """The least that can be bid now."""
        least = self.minimum if self.bidder_id is None else self.bid + self.increment
        return least if self.buyout is None else min(least, self.buyout)

    @property
    def end_id(self) -> str:
        """The key of its end, whichever it will be."""
        return f"{self.auction_id}:auction_end"

    def bid_id(self, amount: int) -> str:
        """The key of the bid of this amount."""
        return f"{self.auction_id}:{AuctionBid.event_type}:{amount}"


def start(
    asked: Asked, terms: Terms, *, carried: int, open_already: int, fee_percent: int
) -> AuctionStarted:
    """``asked.user_id``, who carries so much of what they sell, puts it up.

    Raises Refused for terms that make no sense, and for what is not there.
    """
    _check_terms(terms)
    if open_already >= MAX_OPEN:
        raise Refused(f"You have {MAX_OPEN} auctions open, which is the most. Wait for one to end.")
    if terms.quantity > carried:
        raise Refused(
            f"You have {carried:,} of that, so {terms.quantity - carried:,} are missing. "
            "Put up fewer."
        )
    return AuctionStarted(
        **asked.envelope,
        source_id=asked.source_id(AuctionStarted.event_type),
        auction_id=asked.interaction_id,
        currency=terms.currency,
        quantity=terms.quantity,
        bid_currency=terms.bid_currency,
        minimum=terms.minimum,
        increment=terms.increment,
        buyout=terms.buyout,
        fee_percent=fee_percent,
        ends_ms=to_ms(asked.at + timedelta(minutes=terms.minutes)),
        postings=move(
            terms.quantity,
            source=wallet(asked.user_id),
            to=escrow(asked.interaction_id),
            currency=terms.currency,
        ),
    )


def _check_terms(terms: Terms) -> None:
    """What a seller cannot want. Raises Refused."""
    numbers = (terms.quantity, terms.minimum, terms.increment, terms.buyout or 1)
    if min(numbers) < 1:
        raise Refused("Amount, minimum, increment and buy-out have to be 1 or more.")
    if max(numbers) > MAX_AMOUNT:
        raise Refused(f"An auction is about at most {MAX_AMOUNT:,} of a kind. Use lower numbers.")
    if terms.currency == terms.bid_currency:
        raise Refused("Bids have to be in something else than what is sold.")
    if terms.buyout is not None and terms.buyout < terms.minimum:
        raise Refused("The buy-out is below the minimum. Raise it, or leave it out.")


def bid(
    asked: Asked,
    auction: Auction,
    amount: int,
    *,
    carried: Goods,
    seller_carried: Goods,
    known: Mapping[str, Coin] = NO_OTHERS,
) -> list[Event]:
    """``asked.user_id`` bids ``amount``: it is held, and whoever is outbid has theirs back. The
    buy-out, or more, is the buy-out, and ends it at once. ``carried`` is what is in the wallets,
    ``known`` the guild's currencies.

    Raises Refused for too little, too much, one's own auction, one that is over, and what a wallet
    could not hold.
    """
    check_running(asked, auction)
    if asked.user_id == auction.seller_id:
        raise Refused("This is your own auction. Others bid, you are paid at the end.")
    if amount < auction.next_bid:
        raise Refused(f"That is too little by now. Bid {auction.next_bid:,} or more.")
    if amount > MAX_AMOUNT:
        raise Refused(f"One bid is at most {MAX_AMOUNT:,}.")
    bought = auction.buyout is not None and amount >= auction.buyout
    amount = auction.buyout if auction.buyout is not None and bought else amount
    leads = auction.bidder_id == asked.user_id
    if leads and not bought:
        raise Refused("You have the highest bid already. Wait until somebody outbids you.")
    has = carried.get(auction.bid_currency, 0) + (auction.bid if leads else 0)
    if amount > has:
        raise Refused(f"You have {has:,} to bid, so {amount - has:,} are missing.")
    for whose, goods, currency, quantity in (
        ("Your", carried, auction.currency, auction.quantity),
        ("The seller's", seller_carried, auction.bid_currency, amount),
    ):
        check_room(goods.get(currency, 0), quantity, f"{whose} wallet", counted(currency, known))
    late = timedelta() if bought or auction.ends_at - asked.at >= LATE else LATE
    placed = AuctionBid(
        **asked.envelope,
        source_id=auction.bid_id(amount),
        target_id=auction.bidder_id,
        auction_id=auction.auction_id,
        amount=amount,
        refunded=auction.bid,
        prolonged_ms=late // timedelta(milliseconds=1),
        ends_ms=to_ms(auction.ends_at + late),
        postings=[
            *_refund(auction),
            *move(
                amount,
                source=wallet(asked.user_id),
                to=escrow(auction.auction_id),
                currency=auction.bid_currency,
            ),
        ],
    )
    if not bought:
        return [placed]
    return [placed, _sold(asked.guild_id, auction, asked.user_id, amount, asked.at)]


def end(guild_id: int, auction: Auction) -> AuctionSold | AuctionReturned:
    """Its time is over: sold to the highest bid, or back to the seller."""
    if auction.bidder_id is None:
        return _returned(guild_id, auction, "unsold", auction.ends_at)
    return _sold(guild_id, auction, auction.bidder_id, auction.bid, auction.ends_at)


def cancel(asked: Asked, auction: Auction, *, is_admin: bool) -> AuctionReturned:
    """The seller calls it off while nobody has bid; an admin may at any time before its end.

    Raises Refused.
    """
    check_running(asked, auction)
    if not is_admin:
        if asked.user_id != auction.seller_id:
            raise Refused("Only the seller, or an admin, can call this auction off.")
        if auction.bidder_id is not None:
            raise Refused("Somebody has bid already, so it has to run to its end. Ask an admin.")
    return _returned(asked.guild_id, auction, "cancelled", asked.at, asked)


def check_running(asked: Asked, auction: Auction) -> None:
    """That it has not ended, by the clock of who asks. Raises Refused."""
    if auction.state == "cancelled":
        raise Refused("This auction was called off. See what else there is with `/auction list`.")
    if auction.state != "open" or asked.at >= auction.ends_at:
        raise Refused("This auction is over. See what else there is with `/auction list`.")


def _sold(guild_id: int, auction: Auction, winner_id: int, price: int, at: datetime) -> AuctionSold:
    fee = price * auction.fee_percent // 100
    held, currency = escrow(auction.auction_id), auction.bid_currency
    shares = [(wallet(auction.seller_id), price - fee), (FEES, fee)]
    paid = [move(n, source=held, to=who, currency=currency) for who, n in shares if n]
    return AuctionSold(
        guild_id=guild_id,
        source_id=auction.end_id,
        user_id=winner_id,
        target_id=auction.seller_id,
        occurred_at=at,
        auction_id=auction.auction_id,
        price=price,
        fee=fee,
        fee_percent=auction.fee_percent,
        postings=[posting for two in paid for posting in two] + _lot_to(auction, winner_id),
    )


def _returned(
    guild_id: int, auction: Auction, outcome: Outcome, at: datetime, asked: Asked | None = None
) -> AuctionReturned:
    return AuctionReturned(
        guild_id=guild_id,
        source_id=auction.end_id,
        user_id=asked.user_id if asked else None,
        channel_id=asked.channel_id if asked else None,
        target_id=auction.seller_id,
        occurred_at=at,
        auction_id=auction.auction_id,
        outcome=outcome,
        refunded=auction.bid,
        postings=_refund(auction) + _lot_to(auction, auction.seller_id),
    )


def _refund(auction: Auction) -> list[Posting]:
    """The highest bid back to whoever made it."""
    if auction.bidder_id is None:
        return []
    return move(
        auction.bid,
        source=escrow(auction.auction_id),
        to=wallet(auction.bidder_id),
        currency=auction.bid_currency,
    )


def _lot_to(auction: Auction, member_id: int) -> list[Posting]:
    """What is sold, out of the auction's hands."""
    return move(
        auction.quantity,
        source=escrow(auction.auction_id),
        to=wallet(member_id),
        currency=auction.currency,
    )
