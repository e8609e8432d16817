"""What may be auctioned and bid: the facts that come of it, or the sentence that says why not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from events.auctions import AuctionBid, AuctionReturned, AuctionSold
from events.currency import Coin
from events.decisions import auctions
from events.decisions.amounts import Goods
from events.decisions.asked import Asked
from events.decisions.auctions import Auction, Terms
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.ledger import MAX_AMOUNT, MAX_BALANCE, Posting
from tests.support.facts import GUILD, at

ANN, BEN, CAT, LOT = 2001, 2002, 2003, 8001
AXE = "item:axe"
TERMS = Terms(AXE, 3, "coins", 20, 4, 90, 60)
FRESH = Auction(LOT, ANN, AXE, 3, "coins", 20, 4, 90, 7, None, 0, 0, at(3600), "open")
LED = replace(FRESH, bidder_id=BEN, bid=30, bids=1)

HAS = {"coins": 100}


def asked(user: int = CAT, seconds: float = 30) -> Asked:
    return Asked(GUILD, snowflake_at(at(seconds), 7), user, 3001)


def lines(postings: list[Posting]) -> list[tuple[str, str, int]]:
    return [(p.account, p.currency, p.amount) for p in postings]


def bid(
    auction: Auction,
    amount: int,
    *,
    user: int = CAT,
    seconds: float = 30,
    carried: Goods = HAS,
    seller_carried: Goods = HAS,
) -> AuctionBid:
    fact = auctions.bid(
        asked(user, seconds), auction, amount, carried=carried, seller_carried=seller_carried
    )[0]
    assert isinstance(fact, AuctionBid)
    return fact


def test_what_is_put_up_is_held_and_the_terms_and_the_fee_are_in_the_fact() -> None:
    fact = auctions.start(asked(ANN), TERMS, carried=3, open_already=9, fee_percent=7)
    lot = asked(ANN).interaction_id
    assert lines(fact.postings) == [("wallet:2001", AXE, -3), (f"escrow:{lot}", AXE, 3)]
    assert (fact.auction_id, fact.minimum, fact.increment, fact.buyout) == (lot, 20, 4, 90)
    assert (fact.fee_percent, fact.bid_currency) == (7, "coins")
    assert fact.ends_ms == int(at(30 + 3600).timestamp() * 1000)


@pytest.mark.parametrize(
    ("terms", "open_already", "sentence"),
    [
        (replace(TERMS, quantity=0), 0, "1 or more"),
        (replace(TERMS, quantity=-1), 0, "1 or more"),
        (replace(TERMS, minimum=0), 0, "1 or more"),
        (replace(TERMS, increment=0), 0, "1 or more"),
        (replace(TERMS, minimum=2**63), 0, "at most 1,000,000,000,000"),
        (replace(TERMS, buyout=MAX_AMOUNT + 1), 0, "at most 1,000,000,000,000"),
        (replace(TERMS, bid_currency=AXE), 0, "something else than what is sold"),
        (replace(TERMS, buyout=19), 0, "below the minimum"),
        (replace(TERMS, quantity=5), 0, "You have 3 of that, so 2 are missing"),
        (TERMS, 10, "10 auctions open"),
    ],
)
def test_what_cannot_be_put_up(terms: Terms, open_already: int, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        auctions.start(asked(ANN), terms, carried=3, open_already=open_already, fee_percent=7)


def test_the_outbid_is_paid_back_in_the_same_fact() -> None:
    fact = bid(LED, 34)
    assert (fact.source_id, fact.user_id, fact.target_id) == ("8001:auction_bid:34", CAT, BEN)
    assert (fact.amount, fact.refunded) == (34, 30)
    assert lines(fact.postings) == [
        ("escrow:8001", "coins", -30),
        ("wallet:2002", "coins", 30),
        ("wallet:2003", "coins", -34),
        ("escrow:8001", "coins", 34),
    ]


@pytest.mark.parametrize(
    ("seconds", "prolonged"), [(3600 - 121, 0), (3600 - 120, 0), (3600 - 119, 120), (3599, 120)]
)
def test_a_late_bid_prolongs_by_two_minutes(seconds: float, prolonged: int) -> None:
    fact = bid(LED, 34, seconds=seconds)
    assert fact.prolonged_ms == prolonged * 1000
    assert fact.ends_ms == int(at(3600 + prolonged).timestamp() * 1000)


@pytest.mark.parametrize(
    ("auction", "least"),
    [(FRESH, 20), (LED, 34), (replace(LED, bid=89), 90), (replace(LED, bid=89, buyout=None), 93)],
)
def test_the_least_that_can_be_bid(auction: Auction, least: int) -> None:
    assert auction.next_bid == least
    assert bid(auction, least).amount == least
    with pytest.raises(Refused, match=f"Bid {least} or more"):
        bid(auction, least - 1)


@pytest.mark.parametrize(("user", "has"), [(CAT, 90), (BEN, 60)])
def test_a_buy_out_ends_it_at_once_and_costs_no_more(user: int, has: int) -> None:
    by = asked(user, 3599)
    placed, sold = auctions.bid(by, LED, 5000, carried={"coins": has}, seller_carried={})
    assert isinstance(placed, AuctionBid)
    assert isinstance(sold, AuctionSold)
    assert (placed.amount, placed.prolonged_ms, sold.price, sold.fee) == (90, 0, 90, 6)
    assert (sold.source_id, sold.user_id, sold.target_id) == ("8001:auction_end", user, ANN)


@pytest.mark.parametrize(
    ("auction", "amount", "user", "seconds", "sentence"),
    [
        (FRESH, 50, ANN, 30, "your own auction"),
        (LED, 50, BEN, 30, "highest bid already"),
        (replace(FRESH, buyout=None), 101, CAT, 30, "1 are missing"),
        (replace(FRESH, buyout=None), 2**63, CAT, 30, "at most 1,000,000,000,000"),
        (FRESH, -5, CAT, 30, "Bid 20 or more"),
        (FRESH, 50, CAT, 3600, "is over"),
        (replace(LED, state="sold"), 50, CAT, 30, "is over"),
        (replace(LED, state="cancelled"), 50, CAT, 30, "called off"),
    ],
)
def test_what_cannot_be_bid(
    auction: Auction, amount: int, user: int, seconds: float, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        bid(auction, amount, user=user, seconds=seconds)


def test_no_bid_is_taken_that_a_wallet_could_not_hold() -> None:
    with pytest.raises(Refused, match=r"Your wallet .* room for 2 more"):
        bid(LED, 34, carried={"coins": 34, AXE: MAX_BALANCE - 2})
    with pytest.raises(Refused, match=r"The seller's wallet .* room for 33 more"):
        bid(LED, 34, seller_carried={"coins": MAX_BALANCE - 33})
    assert bid(LED, 34, carried={"coins": 34, AXE: MAX_BALANCE - 3}).amount == 34


def test_a_wallet_without_room_is_spoken_of_in_its_own_currency() -> None:
    with pytest.raises(Refused, match="seller's wallet can hold 1,000,000,000,000,000 gems"):
        auctions.bid(
            asked(CAT, 30),
            replace(LED, bid_currency="gems"),
            34,
            carried={"gems": 34},
            seller_carried={"gems": MAX_BALANCE},
            known={"gems": Coin("gem", "gems", "")},
        )


def test_at_the_end_the_seller_is_paid_less_the_fee_and_the_lot_is_delivered() -> None:
    sold = auctions.end(GUILD, LED)
    assert isinstance(sold, AuctionSold)
    assert (sold.source_id, sold.user_id, sold.target_id) == ("8001:auction_end", BEN, ANN)
    assert (sold.price, sold.fee, sold.fee_percent, sold.occurred_at) == (30, 2, 7, LED.ends_at)
    assert lines(sold.postings) == [
        ("escrow:8001", "coins", -28),
        ("wallet:2001", "coins", 28),
        ("escrow:8001", "coins", -2),
        ("fees", "coins", 2),
        ("escrow:8001", AXE, -3),
        ("wallet:2002", AXE, 3),
    ]
    free = auctions.end(GUILD, replace(LED, fee_percent=0))
    assert [account for account, _, _ in lines(free.postings)].count("fees") == 0


def test_a_lot_that_nobody_wants_goes_back() -> None:
    back = auctions.end(GUILD, FRESH)
    assert isinstance(back, AuctionReturned)
    assert (back.outcome, back.refunded, back.target_id) == ("unsold", 0, ANN)
    assert lines(back.postings) == [("escrow:8001", AXE, -3), ("wallet:2001", AXE, 3)]


def test_who_may_call_it_off() -> None:
    assert auctions.cancel(asked(ANN), FRESH, is_admin=False).outcome == "cancelled"
    off = auctions.cancel(asked(CAT), LED, is_admin=True)
    assert (off.user_id, off.target_id, off.refunded) == (CAT, ANN, 30)
    assert lines(off.postings) == [
        ("escrow:8001", "coins", -30),
        ("wallet:2002", "coins", 30),
        ("escrow:8001", AXE, -3),
        ("wallet:2001", AXE, 3),
    ]
    for auction, user, sentence in ((FRESH, CAT, "Only the seller"), (LED, ANN, "has bid already")):
        with pytest.raises(Refused, match=sentence):
            auctions.cancel(asked(user), auction, is_admin=False)
    over = replace(LED, ends_at=at(30) - timedelta(seconds=1))
    with pytest.raises(Refused, match="is over"):
        auctions.cancel(asked(CAT), over, is_admin=True)
