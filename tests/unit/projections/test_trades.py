"""Trades: what is offered, who has confirmed, and how it ends."""

from events.ledger import Posting, escrow, move, wallet
from events.trades import TradeChanged, TradeConfirmed, TradeEnded, TradeOpened, TradeSettled
from tests.support.facts import GUILD, at
from tests.support.given import given

ANN, BEN, TRADE, OTHER = 2001, 2002, 8001, 8002
COLUMNS = "trade_id proposer_id partner_id proposer_offer partner_offer version confirmed_by state"


def opened(trade: int = TRADE) -> TradeOpened:
    return TradeOpened(
        guild_id=GUILD,
        source_id=f"{trade}:trade_open",
        user_id=ANN,
        target_id=BEN,
        occurred_at=at(0),
        trade_id=trade,
        minutes=60,
        expires_ms=int(at(3600).timestamp() * 1000),
    )


def changed(
    version: int, user: int, currency: str, quantity: int, *postings: Posting, before: int = 0
) -> TradeChanged:
    return TradeChanged(
        guild_id=GUILD,
        source_id=f"{9000 + version}:trade_change",
        user_id=user,
        target_id=BEN if user == ANN else ANN,
        occurred_at=at(version),
        trade_id=TRADE,
        currency=currency,
        quantity=quantity,
        before=before,
        version=version,
        postings=list(postings),
    )


def confirmed(version: int, user: int, amount: int) -> TradeConfirmed:
    return TradeConfirmed(
        guild_id=GUILD,
        source_id=f"{TRADE}:trade_confirm:{version}:{user}",
        user_id=user,
        occurred_at=at(100),
        trade_id=TRADE,
        version=version,
        postings=move(amount, source=wallet(user), to=escrow(TRADE)),
    )


def test_offers_change_until_both_have_confirmed() -> None:
    events = [
        opened(),
        opened(OTHER),
        changed(1, ANN, "coins", 30),
        changed(2, BEN, "item:axe", 1),
        changed(3, BEN, "item:bow", 2),
        changed(4, BEN, "item:axe", 0, before=1),
        confirmed(4, ANN, 30),
    ]
    given("trades", *events).then(
        "trades",
        COLUMNS,
        (TRADE, ANN, BEN, {"coins": 30}, {"item:bow": 2}, 4, ANN, "open"),
        (OTHER, ANN, BEN, {}, {}, 0, None, "open"),
    ).then("trades", "expires_at", (at(3600),), (at(3600),))
    back = move(30, source=escrow(TRADE), to=wallet(ANN))
    given("trades", *events, changed(5, ANN, "coins", 31, *back, before=30)).then(
        "trades",
        COLUMNS,
        (TRADE, ANN, BEN, {"coins": 31}, {"item:bow": 2}, 5, None, "open"),
        (OTHER, ANN, BEN, {}, {}, 0, None, "open"),
    )


def test_a_trade_is_settled_or_comes_to_nothing() -> None:
    start = [opened(), changed(1, ANN, "coins", 30), confirmed(1, ANN, 30)]
    settled = TradeSettled(
        guild_id=GUILD,
        source_id=f"{TRADE}:trade_end",
        user_id=BEN,
        target_id=ANN,
        occurred_at=at(200),
        trade_id=TRADE,
        version=1,
        postings=move(30, source=escrow(TRADE), to=wallet(BEN)),
    )
    expired = TradeEnded(
        guild_id=GUILD,
        source_id=f"{TRADE}:trade_end",
        occurred_at=at(3600),
        trade_id=TRADE,
        outcome="expired",
        version=1,
        postings=move(30, source=escrow(TRADE), to=wallet(ANN)),
    )
    for end, state in ((settled, "settled"), (expired, "expired")):
        given("trades", *start, end).then(
            "trades", COLUMNS, (TRADE, ANN, BEN, {"coins": 30}, {}, 1, None, state)
        )


def test_the_row_of_a_trade_is_loaded_by_its_own_id() -> None:
    assert opened().members() == (ANN, BEN, TRADE)
    assert changed(1, ANN, "coins", 30).members()[-1] == TRADE
