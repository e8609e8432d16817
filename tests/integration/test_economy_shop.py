"""The shop under many hands at once, on a real PostgreSQL: nothing is sold, returned, given or
paid twice, whatever races."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.commands import shop as command
from bot.commands import shop_back
from bot.economy import shop
from bot.economy import shop_desk as desk
from bot.economy.holdings import balance_of
from bot.handle import Call, Fact, Unrecorded, handle
from events.currency import COIN, Coin
from events.decisions import effects, shop_items
from events.decisions import shop as decisions
from events.decisions.asked import Asked
from events.decisions.economy import Member, award_coins
from events.decisions.shop_items import Item
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.ledger import SHOP, wallet
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql.pool import Connection, Database
from sql.reads import fetch
from tests.support.facts import GUILD, at

ADMIN, ANN, BEN = 501, 502, 503
MANY = 50
HOUR = 3600
Decided = Callable[[Connection, Asked], Event]


def call(number: int, user: int, seconds: float = 0) -> Call:
    return Call(Asked(GUILD, snowflake_at(at(number + seconds), number), user, 700), "slash", "x")


def do(database: Database, number: int, user: int, decide: Decided, *, seconds: float = 0) -> Fact:
    asked = call(number, user, seconds)
    done = handle(
        database,
        asked,
        reads=shop.READS,
        decide=lambda conn: [decide(conn, asked.asked)],
        show=lambda conn, facts: facts[0],
    )
    return done.shown


def award(database: Database, number: int, user: int, amount: int, *, coin: Coin = COIN) -> None:
    who = Member(user, is_bot=False, present=True)

    def decide(_: Connection, asked: Asked) -> Event:
        return award_coins(asked, who, amount, "", balance=0, coin=coin)

    do(database, number, ADMIN, decide)


def offer(database: Database, number: int, wanted: Item) -> None:
    def decide(conn: Connection, asked: Asked) -> Event:
        return desk.create(conn, asked, wanted)

    do(database, number, ADMIN, decide)


def buy(thing: str, quantity: int = 1) -> Decided:
    return lambda conn, asked: command._buy(conn, asked, frozenset(), thing, quantity)


def sell(thing: str, quantity: int = 1) -> Decided:
    return lambda conn, asked: shop_back._sell(conn, asked, thing, quantity)


def refund(purchase: int) -> Decided:
    return lambda conn, asked: shop_back._refund(conn, asked, str(purchase))


def give(thing: str, to: int, quantity: int = 1) -> Decided:
    def decide(conn: Connection, asked: Asked) -> Event:
        one = shop.pick_held(conn, GUILD, asked.user_id, thing)
        has = shop.has(conn, GUILD, wallet(to), thing)
        who = Member(to, is_bot=False, present=True)
        return decisions.give(asked, who, thing, quantity, held=one.quantity, receiver_held=has)

    return decide


def at_once(attempts: Sequence[Callable[[], object]]) -> list[str | None]:
    """What each was refused with; None for those that came through."""

    def attempt(one: Callable[[], object]) -> str | None:
        try:
            one()
        except (Refused, Unrecorded) as error:
            return str(error)
        return None

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(attempt, attempts))


def holds(database: Database, account: str, thing: str | None = None) -> int:
    """Coins, or so many of a thing."""
    with database.transaction(GUILD) as conn:
        if thing is None:
            return balance_of(conn, GUILD, account)
        return shop.has(conn, GUILD, account, thing)


def shelf(database: Database, thing: str) -> Item:
    with database.transaction(GUILD) as conn:
        return shop.known(conn, GUILD, thing)


def all_is_well(database: Database) -> bool:
    """Nothing was made or lost, and the tables are what a rebuild makes."""
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        assert {row["sum"] for row in fetch(conn, "accounts", "sums", guild=GUILD)} == {0}
    models = [named(name) for name in shop.READS]
    return not verify(database.dsn, models, processes=1).differences


def test_the_last_one_is_sold_once_to_fifty_buyers(database: Database) -> None:
    offer(database, 1, Item("sword", "Sword", 100, stock=1))
    buyers = range(1000, 1000 + MANY)
    for number, user in enumerate(buyers, start=10):
        award(database, number, user, 100)
    ends = at_once(
        [
            lambda n=n, user=user: do(database, n, user, buy("sword"))  # type: ignore[misc]
            for n, user in enumerate(buyers, start=100)
        ]
    )
    assert ends.count(None) == 1
    assert {end for end in ends if end} == {
        "It is sold out. /shop browse shows what else there is."
    }
    assert holds(database, SHOP) == 100
    assert sum(holds(database, wallet(user)) for user in buyers) == 100 * (MANY - 1)
    assert sum(holds(database, wallet(user), "sword") for user in buyers) == 1
    assert (shelf(database, "sword").stock, shelf(database, "sword").sold) == (0, 1)
    assert all_is_well(database)


def test_fifty_purchases_at_once_spend_a_balance_once(database: Database) -> None:
    offer(database, 1, Item("sword", "Sword", 100))
    award(database, 2, ANN, 450)
    ends = at_once([lambda n=n: do(database, n, ANN, buy("sword")) for n in range(10, 60)])  # type: ignore[misc]
    assert ends.count(None) == 4
    assert (holds(database, wallet(ANN)), holds(database, wallet(ANN), "sword")) == (50, 4)
    assert all_is_well(database)


def test_a_limit_holds_against_fifty_purchases_at_once(database: Database) -> None:
    offer(database, 1, Item("sword", "Sword", 1, member_limit=3))
    award(database, 2, ANN, 450)
    ends = at_once([lambda n=n: do(database, n, ANN, buy("sword")) for n in range(10, 60)])  # type: ignore[misc]
    assert ends.count(None) == 3
    assert holds(database, wallet(ANN), "sword") == 3


def test_one_purchase_delivered_fifty_times_is_bought_once(database: Database) -> None:
    offer(database, 1, Item("sword", "Sword", 100))
    award(database, 2, ANN, 450)
    with ThreadPoolExecutor(MANY) as pool:
        facts = list(pool.map(lambda _: do(database, 3, ANN, buy("sword")), range(MANY)))
    assert len({fact.position for fact in facts}) == 1
    assert holds(database, wallet(ANN)) == 350


@pytest.mark.parametrize("way", ["give", "sell", "refund", "all"])
def test_one_thing_that_leaves_four_times_at_once_leaves_once(database: Database, way: str) -> None:
    offer(database, 1, Item("sword", "Sword", 100, refund_hours=24))
    award(database, 2, ANN, 100)
    award(database, 3, BEN, 100)
    do(database, 4, BEN, buy("sword"))
    bought = do(database, 5, ANN, buy("sword")).event
    ways = {
        "give": [give("sword", BEN)] * 4,
        "sell": [sell("sword")] * 4,
        "refund": [refund(int(bought.source_id.partition(":")[0]))] * 4,
    }
    chosen = ways.get(way) or [w for several in ways.values() for w in several]
    ends = at_once(
        [
            lambda n=n, decide=decide: (
                do(database, n, ANN, decide, seconds=25 * HOUR)  # type: ignore[misc]
                if way == "sell"
                else do(database, n, ANN, decide)
            )
            for n, decide in enumerate(chosen, start=10)
        ]
    )
    assert ends.count(None) == 1, ends
    assert holds(database, wallet(ANN), "sword") == 0
    assert holds(database, wallet(ANN)) + holds(database, SHOP) == 200
    assert all_is_well(database)


def test_coins_that_may_have_to_be_refunded_are_not_spent(database: Database) -> None:
    """The shop pays from its till only what no buyer can claim back."""
    offer(database, 1, Item("sword", "Sword", 100, refund_hours=24))
    award(database, 2, ANN, 100)
    bought = do(database, 3, ANN, buy("sword")).event
    with pytest.raises(Refused, match="pay 50 coins but can spend only 0"):
        do(database, 4, ANN, sell("sword"))
    purchase = int(bought.source_id.partition(":")[0])
    with pytest.raises(Refused, match="too late"):
        do(database, 5, ANN, refund(purchase), seconds=25 * HOUR)
    do(database, 6, ANN, sell("sword"), seconds=25 * HOUR)
    assert (holds(database, wallet(ANN)), holds(database, SHOP)) == (50, 50)


def test_a_returned_purchase_counts_neither_for_the_limit_nor_as_sold(database: Database) -> None:
    offer(database, 1, Item("sword", "Sword", 100, stock=1, member_limit=1, refund_hours=1))
    award(database, 2, ANN, 100)
    for number in (3, 5):
        bought = do(database, number, ANN, buy("sword")).event
        do(database, number + 1, ANN, refund(int(bought.source_id.partition(":")[0])))
    assert (shelf(database, "sword").stock, shelf(database, "sword").sold) == (1, 0)
    assert (holds(database, wallet(ANN)), holds(database, SHOP)) == (100, 0)
    assert all_is_well(database)


def test_a_stale_change_of_an_item_collides(database: Database) -> None:
    """Two admins looked at revision 1; the second to save is told, and nothing is overwritten."""
    offer(database, 1, Item("sword", "Sword", 100))

    def change(price: int) -> Decided:
        def decide(conn: Connection, asked: Asked) -> Event:
            wanted = Item("sword", "Sword", price)
            found = shop.items(conn, GUILD)
            return shop_items.define(
                asked, wanted, shop=found, based_on=1, check_effect=effects.read
            )

        return decide

    ends = at_once(
        [lambda n=n: do(database, n, ADMIN + n, change(100 + n)) for n in range(10, 60)]  # type: ignore[misc]
    )
    assert ends.count(None) == 1
    assert {end for end in ends if end} == {
        "Somebody else changed the same thing just now. Please try again."
    }
    assert shelf(database, "sword").revision == 2
    assert shelf(database, "sword").price == 100 + 10 + ends.index(None)


def test_what_a_purchase_was_decided_by_is_in_the_event(database: Database) -> None:
    gate, cheap = 61, 62
    offer(database, 1, Item("sword", "Sword", 100, role_id=gate, role_prices={str(cheap): 60}))
    award(database, 2, ANN, 100)
    roles = frozenset({gate, cheap})
    bought = do(
        database, 3, ANN, lambda conn, asked: command._buy(conn, asked, roles, "sword", 1)
    ).event
    payload = bought.payload()
    assert (payload["unit_price"], payload["price_role_id"], payload["gate_role_id"]) == (
        60,
        cheap,
        gate,
    )
    assert payload["revision"] == 1
