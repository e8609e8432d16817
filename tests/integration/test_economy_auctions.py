"""Auctions under fire: fifty bidders at once, and no coin is burned, kept or paid twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import pytest

from bot import schedule
from bot.commands.auction import READS, Decide, bidding, cancelling
from bot.due import auctions as due
from bot.economy.auctions import load, shown
from bot.handle import Call, handle
from events.auctions import AuctionSold
from events.decisions import auctions
from events.decisions.asked import Asked
from events.decisions.auctions import Auction, Terms
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.ledger import FEES, MAX_BALANCE
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Database
from sql.reads import fetch
from tests.support.facts import GUILD, at
from tests.support.wealth import carried, gift, give, in_escrow, lost

SELLER = 501
BIDDERS = range(601, 651)
LOT = snowflake_at(at(1), 1)
ENDS = at(1) + timedelta(hours=1)
HAS = 1000


def asked(number: int, user: int, seconds: float = 10) -> Asked:
    return Asked(GUILD, snowflake_at(at(seconds), number), user, 700)


def started(database: Database, buyout: int | None = None) -> None:
    """A sword is for sale from 70 coins on, and fifty members have 1,000 each."""
    give(database, GUILD, SELLER, sword=1)
    with database.transaction(GUILD) as conn:
        lake.append(conn, [gift(GUILD, bidder, HAS) for bidder in BIDDERS])
    call = Call(Asked(GUILD, LOT, SELLER, 700), "slash", "auction start")
    terms = Terms("item:sword", 1, "coins", 70, 1, buyout, 60)
    handle(
        database,
        call,
        reads=READS,
        decide=lambda conn: [
            auctions.start(call.asked, terms, carried=1, open_already=0, fee_percent=10)
        ],
        show=shown,
    )


def act(database: Database, by: Asked, decide: Decide) -> Auction:
    """One press of a button."""
    call = Call(by, "button", "auctionbid")
    return handle(
        database,
        call,
        reads=READS,
        decide=lambda conn: decide(conn, by, load(conn, GUILD, LOT)),
        show=shown,
    ).shown[0]


def bid(database: Database, number: int, bidder: int, amount: int, seconds: float = 10) -> str:
    """What came of a bid, in a word: "leads", "sold" or the refusal."""
    try:
        after = act(database, asked(number, bidder, seconds), bidding(str(amount)))
    except Refused as refused:
        return str(refused)
    return {"open": "leads"}.get(after.state, after.state)


def at_once(doings: list[Callable[[], str]]) -> list[str]:
    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(lambda doing: doing(), doings))


def sweep(database: Database, now: datetime) -> str:
    """The scheduler's turn; says how much it did."""
    return f"swept {len(schedule.run_due(database, now, [due.DUE]))}"


def auction(database: Database) -> Auction:
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        return load(conn, GUILD, LOT)


def whole(database: Database) -> None:
    """Nothing was made or lost, everybody but who leads or has won has all they had, what is held
    is what is bid, and the live tables are what a rebuild makes."""
    now = auction(database)
    held = {}
    if now.state == "open":
        held = {"sword": 1, **({"coins": now.bid} if now.bidder_id else {})}
    assert in_escrow(database, GUILD, LOT) == held
    assert lost(database, GUILD) == {}
    for bidder in BIDDERS:
        pays = bidder == now.bidder_id and now.state in ("open", "sold")
        has = {"coins": HAS - now.bid} if pays else {"coins": HAS}
        if pays and now.state == "sold":
            has["sword"] = 1
        assert carried(database, GUILD, bidder) == has, bidder
    fee = now.bid // 10
    sold = {"coins": now.bid - fee}
    assert carried(database, GUILD, SELLER) == {"open": {}, "sold": sold}.get(
        now.state, {"sword": 1}
    )
    models = [read_models()[name] for name in ("accounts", "auctions")]
    assert not verify(database.dsn, models, processes=1).differences


def test_fifty_bids_at_once_burn_nothing(database: Database) -> None:
    started(database)
    results = at_once(
        [partial(bid, database, n, bidder, 70 + n // 2) for n, bidder in enumerate(BIDDERS)]
    )
    assert auction(database).bids == results.count("leads")
    assert auction(database).bid == 70 + 49 // 2
    whole(database)
    assert sweep(database, ENDS) == "swept 1"
    assert auction(database).state == "sold"
    whole(database)


def test_fifty_clicks_of_one_member_on_one_bid_are_one_bid(database: Database) -> None:
    started(database)
    results = at_once([partial(bid, database, n, 601, 70) for n in range(50)])
    assert results == ["leads"] * 50
    assert (auction(database).bids, auction(database).bid) == (1, 70)
    whole(database)


def test_of_fifty_who_press_the_same_bid_one_has_it(database: Database) -> None:
    started(database)
    results = at_once([partial(bid, database, n, bidder, 70) for n, bidder in enumerate(BIDDERS)])
    assert results.count("leads") == 1
    assert results.count("That is too little by now. Bid 71 or more.") == 49
    whole(database)


def test_fifty_who_buy_it_out_at_once_get_it_once(database: Database) -> None:
    started(database, buyout=400)
    results = at_once([partial(bid, database, n, bidder, 400) for n, bidder in enumerate(BIDDERS)])
    assert results.count("sold") == 1
    assert sum("is over" in result for result in results) == 49
    whole(database)


@pytest.mark.parametrize("first", [0, 1])
def test_the_end_racing_with_bids_sells_once_to_the_highest(database: Database, first: int) -> None:
    started(database)
    bid(database, 900, 650, 70)
    results = at_once(
        [
            partial(sweep, database, ENDS)
            if (n + first) % 2
            else partial(bid, database, n, bidder, 71 + n)
            for n, bidder in enumerate(BIDDERS[:-1])
        ]
    )
    assert results.count("swept 1") == 1
    now = auction(database)
    assert now.state == "sold"
    assert now.bids == 1 + results.count("leads")
    whole(database)


def test_a_late_bid_keeps_the_scheduler_waiting(database: Database) -> None:
    started(database)
    assert bid(database, 1, 601, 70, seconds=1 + 3600 - 60) == "leads"
    assert sweep(database, ENDS) == "swept 0"
    assert bid(database, 2, 602, 71, seconds=1 + 3600 + 60) == "leads"
    assert sweep(database, ENDS + timedelta(minutes=4, milliseconds=-1)) == "swept 0"
    results = at_once([partial(sweep, database, ENDS + timedelta(minutes=4)) for _ in range(20)])
    assert results.count("swept 1") == 1
    assert results.count("swept 0") == 19
    whole(database)


@pytest.mark.parametrize("first", [0, 1])
def test_a_cancel_racing_with_bids_is_one_or_the_other(database: Database, first: int) -> None:
    started(database)

    def cancel(number: int) -> str:
        try:
            return act(database, asked(number, SELLER), cancelling(is_admin=False)).state
        except Refused as refused:
            return str(refused)

    results = at_once(
        [
            partial(cancel, n) if (n + first) % 2 else partial(bid, database, n, bidder, 70 + n)
            for n, bidder in enumerate(BIDDERS)
        ]
    )
    assert ("cancelled" in results) != ("leads" in results)
    whole(database)


def test_the_fee_goes_to_the_fees_and_nobody_bidding_gives_the_lot_back(
    database: Database,
) -> None:
    started(database)
    bid(database, 1, 601, 75)
    (fact,) = schedule.run_due(database, ENDS, [due.DUE])
    assert isinstance(fact.event, AuctionSold)
    assert (fact.event.fee, fact.event.price) == (7, 75)
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        rows = fetch(conn, "accounts", "held", guild=GUILD, account=FEES)
    assert [(row["currency"], row["balance"]) for row in rows] == [("coins", 7)]
    whole(database)


def test_a_lot_without_bids_goes_back_once(database: Database) -> None:
    started(database)
    assert sweep(database, ENDS) == "swept 1"
    assert sweep(database, ENDS) == "swept 0"
    assert auction(database).state == "unsold"
    whole(database)


def test_an_auction_waits_until_the_seller_has_room_for_the_price(database: Database) -> None:
    """The seller became too rich meanwhile: all stays in escrow, and is settled once, later."""
    started(database)
    assert bid(database, 1, BIDDERS[0], 100) == "leads"
    with database.transaction(GUILD) as conn:
        lake.append(conn, [gift(GUILD, SELLER, MAX_BALANCE - 89)])
    assert sweep(database, ENDS) == "swept 0"
    assert in_escrow(database, GUILD, LOT) == {"sword": 1, "coins": 100}
    give(database, GUILD, SELLER, coins=-1)
    assert [sweep(database, ENDS + timedelta(days=1)) for _ in "ab"] == ["swept 1", "swept 0"]
    assert carried(database, GUILD, SELLER) == {"coins": MAX_BALANCE}
    assert in_escrow(database, GUILD, LOT) == {}
    assert lost(database, GUILD) == {}
