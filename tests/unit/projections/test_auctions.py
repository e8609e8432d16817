"""Auctions: the terms, who leads with how much, and how each ends."""

from events.auctions import AuctionBid, AuctionReturned, AuctionSold, AuctionStarted
from events.ledger import MINT, escrow, move, wallet
from tests.support.facts import GUILD, at
from tests.support.given import given

ANN, BEN, CAT, LOT, OTHER = 2001, 2002, 2003, 8001, 8002


def ms(seconds: float) -> int:
    return int(at(seconds).timestamp() * 1000)


def started(auction: int = LOT) -> AuctionStarted:
    return AuctionStarted(
        guild_id=GUILD,
        source_id=f"{auction}:auction_start",
        user_id=ANN,
        occurred_at=at(0),
        auction_id=auction,
        currency="item:axe",
        quantity=3,
        bid_currency="coins",
        minimum=20,
        increment=4,
        buyout=90,
        fee_percent=7,
        ends_ms=ms(3600),
        postings=move(3, source=MINT, to=escrow(auction), currency="item:axe"),
    )


def bid(user: int, amount: int, *, ends: float = 3600) -> AuctionBid:
    return AuctionBid(
        guild_id=GUILD,
        source_id=f"{LOT}:auction_bid:{amount}",
        user_id=user,
        occurred_at=at(60),
        auction_id=LOT,
        amount=amount,
        refunded=0,
        prolonged_ms=0,
        ends_ms=ms(ends),
        postings=move(amount, source=MINT, to=escrow(LOT)),
    )


def test_the_terms_are_kept_and_the_highest_bid_leads() -> None:
    given("auctions", started(), started(OTHER), bid(BEN, 20), bid(CAT, 24, ends=3720)).then(
        "auctions",
        "auction_id seller_id currency quantity bid_currency minimum increment buyout fee_percent",
        (LOT, ANN, "item:axe", 3, "coins", 20, 4, 90, 7),
        (OTHER, ANN, "item:axe", 3, "coins", 20, 4, 90, 7),
    ).then(
        "auctions",
        "auction_id bidder_id bid bids ends_at state",
        (LOT, CAT, 24, 2, at(3720), "open"),
        (OTHER, None, 0, 0, at(3600), "open"),
    )


def test_how_auctions_end() -> None:
    sold = AuctionSold(
        guild_id=GUILD,
        source_id=f"{LOT}:auction_end",
        user_id=BEN,
        target_id=ANN,
        occurred_at=at(3600),
        auction_id=LOT,
        price=20,
        fee=1,
        fee_percent=7,
        postings=move(20, source=escrow(LOT), to=wallet(ANN)),
    )
    back = AuctionReturned(
        guild_id=GUILD,
        source_id=f"{OTHER}:auction_end",
        target_id=ANN,
        occurred_at=at(3600),
        auction_id=OTHER,
        outcome="unsold",
        refunded=0,
        postings=move(3, source=escrow(OTHER), to=wallet(ANN), currency="item:axe"),
    )
    given("auctions", started(), started(OTHER), bid(BEN, 20), sold, back).then(
        "auctions",
        "auction_id bidder_id bid bids state",
        (LOT, BEN, 20, 1, "sold"),
        (OTHER, None, 0, 0, "unsold"),
    )


def test_the_row_of_an_auction_is_loaded_by_its_own_id() -> None:
    assert started().members()[-1] == LOT
    assert LOT in bid(BEN, 20).members()
