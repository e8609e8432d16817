"""Trades and auctions for the made-up histories: each is told from its beginning to its end."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any

from events.engine.event import Event
from events.engine.snowflake import snowflake_at, to_ms
from events.ledger import MINT, escrow, move, wallet
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
