"""What members paid in the shop is destroyed in the end: once a day, and never what the shop may
have to pay back."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot import schedule
from bot.due import takings
from bot.economy.holdings import balance_of
from bot.handle import Fact
from events.currency import Coin
from events.decisions.currency import NO_OTHERS, declare
from events.decisions.shop_items import Item
from events.engine.errors import Refused
from events.ledger import SHOP, SINK, wallet
from events.shop import TakingsBurned
from projections.engine import worker
from sql.pool import Database
from tests.integration.test_economy_shop import (
    ADMIN,
    ANN,
    all_is_well,
    award,
    buy,
    do,
    holds,
    offer,
    refund,
    sell,
)
from tests.support.facts import GUILD, at

HOUR, DAY = 3600, 86_400


def run(database: Database, days: float) -> list[Fact]:
    facts = schedule.run_due(database, at(days * DAY), [takings.DUE])
    worker.drain(database)
    return facts


def burned(facts: list[Fact]) -> list[tuple[int, int, int]]:
    return [
        (event.till, event.kept, event.amount)
        for fact in facts
        if isinstance(event := fact.event, TakingsBurned)
    ]


def purchase_of(fact: Fact) -> int:
    return int(fact.event.source_id.partition(":")[0])


def test_takings_are_kept_a_week_to_buy_back_with_and_then_destroyed(database: Database) -> None:
    offer(database, 1, Item("sword", "Sword", 100))
    award(database, 2, ANN, 300)
    do(database, 3, ANN, buy("sword", 2))
    do(database, 4, ANN, buy("sword"), seconds=3 * DAY)
    assert run(database, 6.9) == []
    do(database, 5, ANN, sell("sword"), seconds=6.9 * DAY)
    assert burned(run(database, 7.1)) == [(250, 100, 150)]
    assert run(database, 7.2) == []
    assert burned(run(database, 10.1)) == [(100, 0, 100)]
    assert (holds(database, SHOP), holds(database, SINK)) == (0, 250)
    assert holds(database, wallet(ANN)) == 50
    with pytest.raises(Refused, match="can spend only 0"):
        do(database, 6, ANN, sell("sword"), seconds=10.2 * DAY)
    assert run(database, 30) == []
    assert all_is_well(database)


def test_each_currency_in_the_till_is_kept_and_destroyed_by_itself(database: Database) -> None:
    gem = Coin("gem", "gems", "\N{GEM STONE}", "gems")
    do(database, 1, ADMIN, lambda _, asked: declare(asked, gem, among=NO_OTHERS))
    offer(database, 2, Item("sword", "Sword", 100, currency="gems", refund_hours=24))
    offer(database, 3, Item("hat", "Hat", 30))
    award(database, 4, ANN, 1_000, coin=gem)
    award(database, 5, ANN, 1_000)
    do(database, 6, ANN, buy("sword"))
    do(database, 7, ANN, buy("hat"), seconds=DAY)
    do(database, 8, ANN, buy("sword"), seconds=7 * DAY)
    assert burned(run(database, 7.5)) == [(200, 100, 100)]
    assert burned(run(database, 8.5)) == [(30, 0, 30)]
    assert run(database, 8.6) == []
    assert burned(run(database, 14.5)) == [(100, 0, 100)]
    assert holds(database, SINK) == 30
    with database.transaction(GUILD) as conn:
        assert balance_of(conn, GUILD, SINK, "gems") == 200
    assert all_is_well(database)


def test_what_may_be_refunded_is_kept_to_the_last_moment_and_beyond_it(database: Database) -> None:
    """The window is longer than the takings are kept; a return that was asked for in time is paid
    although the scheduler came first."""
    offer(database, 1, Item("hat", "Hat", 100, refund_hours=20 * 24))
    award(database, 2, ANN, 200)
    last = do(database, 3, ANN, buy("hat"))
    do(database, 4, ANN, buy("hat"), seconds=HOUR)
    assert run(database, 19.9) == []
    assert run(database, 20 + 0.5 / 24) == []
    do(database, 5, ANN, refund(purchase_of(last)), seconds=20 * DAY - 5)
    assert holds(database, wallet(ANN)) == 100
    assert burned(run(database, 21)) == [(100, 0, 100)]
    assert (holds(database, SHOP), holds(database, SINK)) == (0, 100)
    assert all_is_well(database)


def test_many_schedulers_and_a_seller_burn_once_and_overdraw_nothing(database: Database) -> None:
    offer(database, 1, Item("sword", "Sword", 100))
    award(database, 2, ANN, 1_000)
    do(database, 3, ANN, buy("sword", 10))

    def try_to_sell(number: int) -> bool:
        try:
            do(database, number, ANN, sell("sword"), seconds=8 * DAY)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        sales = [pool.submit(try_to_sell, number) for number in range(10, 16)]
        runs = [pool.submit(run, database, 8) for _ in range(6)]
        done = [one for future in runs for one in burned(future.result())]
        sold = sum(future.result() for future in sales)
    assert len(done) == 1
    ((till, kept, amount),) = done
    assert kept == 0 and amount == till
    assert holds(database, wallet(ANN)) == 50 * sold
    assert holds(database, SINK) == amount == 1_000 - 50 * sold
    assert holds(database, SHOP) == 0
    assert all_is_well(database)
