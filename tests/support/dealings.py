"""Trades and auctions for the made-up histories: each is told from its beginning to its end."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any

from events.auctions import AuctionBid, AuctionReturned, AuctionSold, AuctionStarted
from events.engine.event import Event
from events.engine.snowflake import snowflake_at, to_ms
from events.ledger import FEES, MINT, Posting, escrow, move, wallet
from events.trades import TradeChanged, TradeConfirmed, TradeEnded, TradeOpened, TradeSettled


def trade(
    guild: int, now: datetime, number: int, pair: list[int], random: Random
) -> Iterator[Event]:
    """What happens in one trade between ``pair``; what they offer comes out of the mint first."""
    trade_id = snowflake_at(now, number)
    ann, ben = pair
    common: dict[str, Any] = {"guild_id": guild, "occurred_at": now, "trade_id": trade_id}
    yield TradeOpened(
        source_id=f"{trade_id}:trade_open",
        user_id=ann,
        target_id=ben,
        minutes=60,
        expires_ms=to_ms(now) + random.choice((1, 60)) * 60_000,
        **common,
    )
    for version, (who, thing) in enumerate(((ann, "item:axe"), (ben, "item:bow")), start=1):
        yield TradeChanged(
            source_id=f"{trade_id + version}:trade_change",
            user_id=who,
            target_id=ben if who == ann else ann,
            currency=thing,
            quantity=2,
            before=0,
            version=version,
            postings=move(2, source=MINT, to=wallet(who), currency=thing),
            **common,
        )
    up = move(2, source=wallet(ann), to=escrow(trade_id), currency="item:axe")
    yield TradeConfirmed(
        source_id=f"{trade_id}:trade_confirm:2:{ann}",
        user_id=ann,
        target_id=ben,
        version=2,
        postings=up,
        **common,
    )
    common |= {"source_id": f"{trade_id}:trade_end", "user_id": ben, "target_id": ann, "version": 2}
    if random.random() < 0.5:
        swap = move(2, source=wallet(ben), to=wallet(ann), currency="item:bow")
        swap += move(2, source=escrow(trade_id), to=wallet(ben), currency="item:axe")
        yield TradeSettled(postings=swap, **common)
    else:
        back = move(2, source=escrow(trade_id), to=wallet(ann), currency="item:axe")
        outcome = random.choice(("cancelled", "expired"))
        yield TradeEnded(outcome=outcome, postings=back, **common)


def auction(
    guild: int, now: datetime, number: int, trio: list[int], random: Random
) -> Iterator[Event]:
    """What happens in one auction; the lot and the bids come out of the mint."""
    auction_id = snowflake_at(now, number)
    seller, *bidders = trio
    ends = to_ms(now) + random.choice((1, 60)) * 60_000
    held = escrow(auction_id)
    common: dict[str, Any] = {"guild_id": guild, "occurred_at": now, "auction_id": auction_id}
    currency, bid_currency = random.choice((("item:axe", "gems"), ("gems", "item:bow")))
    quantity = random.randint(1, 3)
    terms = {"minimum": random.randint(1, 3), "increment": random.randint(1, 3)}
    yield AuctionStarted(
        source_id=f"{auction_id}:auction_start",
        user_id=seller,
        currency=currency,
        quantity=quantity,
        bid_currency=bid_currency,
        buyout=random.choice((None, 99)),
        fee_percent=random.randint(0, 9),
        ends_ms=ends,
        postings=move(quantity, source=MINT, to=held, currency=currency),
        **terms,
        **common,
    )
    leader, highest = None, 0
    for amount, bidder in enumerate(bidders[: random.randint(0, 2)], start=10):
        back = _back(held, leader, highest, bid_currency)
        ends += 120_000
        yield AuctionBid(
            source_id=f"{auction_id}:auction_bid:{amount}",
            user_id=bidder,
            target_id=leader,
            amount=amount,
            refunded=highest,
            prolonged_ms=120_000,
            ends_ms=ends,
            postings=back + move(amount, source=MINT, to=held, currency=bid_currency),
            **common,
        )
        leader, highest = bidder, amount
    common |= {"source_id": f"{auction_id}:auction_end", "target_id": seller}
    if leader is not None and random.random() < 0.7:
        paid = move(highest - 1, source=held, to=wallet(seller), currency=bid_currency)
        paid += move(1, source=held, to=FEES, currency=bid_currency)
        paid += move(quantity, source=held, to=wallet(leader), currency=currency)
        more: dict[str, Any] = {"price": highest, "fee": 1, "fee_percent": 9, "postings": paid}
        yield AuctionSold(user_id=leader, **more, **common)
    else:
        back = _back(held, leader, highest, bid_currency)
        back += move(quantity, source=held, to=wallet(seller), currency=currency)
        outcome = "cancelled" if leader else random.choice(("unsold", "cancelled"))
        yield AuctionReturned(outcome=outcome, refunded=highest, postings=back, **common)


def _back(held: str, leader: int | None, highest: int, currency: str) -> list[Posting]:
    if leader is None:
        return []
    return move(highest, source=held, to=wallet(leader), currency=currency)
