"""What may change hands in the shop: the fact that comes of it, or why not."""

from dataclasses import replace
from functools import partial

import pytest

from events.currency import COIN, Coin
from events.decisions import shop, shop_items
from events.decisions.asked import Asked
from events.decisions.currency import Currencies
from events.decisions.economy import Member
from events.decisions.shop import Buyer, Purchase
from events.decisions.shop_items import Item
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.ledger import MAX_AMOUNT, MAX_BALANCE, LedgerEvent
from events.shop import ShopItemDefined
from tests.support.facts import GUILD, at

ANN, BEN = 2001, 2002
KNIGHTS, NOBLES, THIEVES = 61, 62, 63
ASKED = Asked(GUILD, snowflake_at(at(30), 7), ANN, 3001)
SWORD = Item(
    "sword",
    "Sword",
    100,
    revision=4,
    stock=5,
    member_limit=3,
    role_id=KNIGHTS,
    role_prices={str(NOBLES): 80, str(THIEVES): 120},
    refund_hours=24,
)
KNIGHT = Buyer(coins=1000, held=0, bought=0, roles=frozenset({KNIGHTS, GUILD}))
NOBLE = replace(KNIGHT, roles=frozenset({KNIGHTS, NOBLES, THIEVES}))


def legs(event: LedgerEvent) -> list[tuple[str, str, int]]:
    return [(p.account, p.currency, p.amount) for p in event.postings]


def test_a_purchase_moves_coins_to_the_shop_and_the_thing_out_of_the_mint() -> None:
    fact = shop.buy(ASKED, SWORD, 2, KNIGHT, shop_coins=0)
    assert legs(fact) == [
        ("wallet:2001", "coins", -200),
        ("shop", "coins", 200),
        ("mint", "item:sword", -2),
        ("wallet:2001", "item:sword", 2),
    ]
    assert (fact.source_id, fact.purchase_id) == (
        f"{ASKED.interaction_id}:item_bought",
        ASKED.interaction_id,
    )
    assert (fact.unit_price, fact.price, fact.price_role_id) == (100, 200, None)
    assert (fact.gate_role_id, fact.revision, fact.refund_hours) == (KNIGHTS, 4, 24)
    assert fact.stock_left == 3


def test_the_lowest_price_of_a_members_roles_is_theirs_and_is_named() -> None:
    fact = shop.buy(ASKED, SWORD, 3, NOBLE, shop_coins=0)
    assert (fact.unit_price, fact.price, fact.price_role_id) == (80, 240, NOBLES)
    thief = frozenset({KNIGHTS, THIEVES})
    assert SWORD.price_for(thief) == (100, None)


def test_what_costs_nothing_moves_no_coins() -> None:
    gift = Item("leaf", "Leaf", 0)
    fact = shop.buy(ASKED, gift, 1, replace(KNIGHT, coins=0), shop_coins=0)
    assert legs(fact) == [("mint", "item:leaf", -1), ("wallet:2001", "item:leaf", 1)]
    assert (fact.gate_role_id, fact.stock_left) == (None, None)


@pytest.mark.parametrize(
    ("item", "quantity", "buyer", "sentence"),
    [
        (SWORD, 0, KNIGHT, "at least 1"),
        (SWORD, -1, KNIGHT, "at least 1"),
        (SWORD, 2**63, KNIGHT, "At most 1,000,000,000,000"),
        (replace(SWORD, removed=True), 1, KNIGHT, "not in the shop any more"),
        (SWORD, 1, replace(KNIGHT, roles=frozenset({NOBLES})), "role <@&61>"),
        (SWORD, 6, replace(KNIGHT, bought=-9), "Only 5 left"),
        (replace(SWORD, stock=0), 1, KNIGHT, "sold out"),
        (SWORD, 2, replace(KNIGHT, bought=2), "bought 2, so you can buy 1 more"),
        (SWORD, 3, replace(KNIGHT, coins=250), "costs 300 coins and you carry 250, so 50 are"),
        (SWORD, 1, replace(KNIGHT, held=MAX_BALANCE), "cannot carry more"),
        (Item("a", "A", MAX_AMOUNT), 2, replace(KNIGHT, coins=MAX_BALANCE), "costs at most"),
    ],
)
def test_what_cannot_be_bought(item: Item, quantity: int, buyer: Buyer, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        shop.buy(ASKED, item, quantity, buyer, shop_coins=0)


def test_a_price_that_changed_since_it_was_shown_is_not_taken() -> None:
    with pytest.raises(Refused, match="price is 80 coins now"):
        shop.buy(ASKED, SWORD, 1, NOBLE, shop_coins=0, agreed=shop.quote(100, COIN))
    assert shop.buy(ASKED, SWORD, 1, NOBLE, shop_coins=0, agreed=shop.quote(80, COIN)).price == 80


GEM = Coin("gem", "gems", "\N{GEM STONE}", "gems")


def test_what_is_sold_for_gems_is_paid_bought_back_and_refunded_in_gems() -> None:
    sword = replace(SWORD, currency="gems")
    fact = shop.buy(ASKED, sword, 1, KNIGHT, shop_coins=0, coin=GEM)
    assert fact.currency == "gems"
    assert legs(fact)[:2] == [("wallet:2001", "gems", -100), ("shop", "gems", 100)]
    sold = shop.sell(ASKED, sword, 1, held=1, coins=0, percent=50, shop_free=99, coin=GEM)
    assert sold.currency == "gems"
    assert legs(sold)[2:] == [("shop", "gems", -40), ("wallet:2001", "gems", 40)]
    mine = replace(PURCHASE, currency="gems")
    gone = replace(GEM, retired=True)
    back = shop.refund(ASKED, mine, held=2, coins=0, shop_coins=160, coin=gone)
    assert back.currency == "gems"
    assert legs(back)[2:] == [("shop", "gems", -160), ("wallet:2001", "gems", 160)]
    with pytest.raises(Refused, match="costs 100 gems and you carry 60"):
        shop.buy(ASKED, sword, 1, replace(KNIGHT, coins=60), shop_coins=0, coin=GEM)


def test_a_price_in_another_currency_is_another_price() -> None:
    sword, agreed = replace(SWORD, currency="gems"), shop.quote(100, COIN)
    with pytest.raises(Refused, match="price is 100 gems now"):
        shop.buy(ASKED, sword, 1, KNIGHT, shop_coins=0, agreed=agreed, coin=GEM)


def test_nothing_is_sold_for_a_retired_currency_or_bought_back() -> None:
    sword, gone = replace(SWORD, currency="gems"), replace(GEM, retired=True)
    with pytest.raises(Refused, match="has retired its gems"):
        shop.buy(ASKED, sword, 1, KNIGHT, shop_coins=0, coin=gone)
    with pytest.raises(Refused, match="has retired its gems"):
        shop.sell(ASKED, sword, 1, held=1, coins=0, percent=50, shop_free=99, coin=gone)


def test_an_item_is_priced_in_a_currency_in_use() -> None:
    wanted = Item("hat", "Hat", 5, currency="gems")
    known = Currencies({"coins": COIN, "gems": GEM})
    make = partial(
        shop_items.define, ASKED, wanted, shop=[], based_on=0, check_effect=lambda effect: effect
    )
    assert make(known=known).currency == "gems"
    with pytest.raises(Refused, match="no currency of that name"):
        make()
    with pytest.raises(Refused, match="has retired its gems, so nothing new is sold for them"):
        make(known=Currencies({"coins": COIN, "gems": replace(GEM, retired=True)}))


def test_a_full_till_takes_no_more() -> None:
    with pytest.raises(Refused, match="till can hold"):
        shop.buy(ASKED, SWORD, 1, KNIGHT, shop_coins=MAX_BALANCE - 99)


def test_the_shop_pays_its_share_of_the_lowest_price() -> None:
    fact = shop.sell(ASKED, SWORD, 3, held=3, coins=0, percent=33, shop_free=79)
    assert (fact.price, fact.list_price, fact.percent, fact.revision) == (79, 80, 33, 4)
    assert legs(fact) == [
        ("wallet:2001", "item:sword", -3),
        ("sink", "item:sword", 3),
        ("shop", "coins", -79),
        ("wallet:2001", "coins", 79),
    ]
    assert fact.source_id == f"{ASKED.interaction_id}:item_sold"


@pytest.mark.parametrize(
    ("item", "quantity", "more", "sentence"),
    [
        (SWORD, 0, {}, "at least 1"),
        (SWORD, 3, {}, "have 2 of that, so 1 are missing"),
        (replace(SWORD, removed=True), 1, {}, "does not trade in this any more"),
        (SWORD, 1, {"percent": 0}, "would pay nothing"),
        (SWORD, 2, {"shop_free": 79}, "pay 80 coins but can spend only 79"),
        (SWORD, 2, {"shop_free": -5}, "can spend only 0"),
        (SWORD, 2, {"coins": MAX_BALANCE - 79}, "Your wallet can hold"),
        (Item("a", "A", MAX_AMOUNT), 2, {"percent": 100}, "pays at most"),
        (SWORD, 2, {"agreed": 100}, "would pay 80 coins now"),
    ],
)
def test_what_cannot_be_sold(
    item: Item, quantity: int, more: dict[str, int], sentence: str
) -> None:
    state = {"held": 2, "coins": 0, "percent": 50, "shop_free": 10**13} | more
    with pytest.raises(Refused, match=sentence):
        shop.sell(ASKED, item, quantity, **state, coin=COIN)


PURCHASE = Purchase(501, "sword", "Sword", 2, 160, "coins", at(30), None)


def test_a_refund_gives_the_whole_price_back_and_is_keyed_by_the_purchase() -> None:
    fact = shop.refund(ASKED, PURCHASE, held=2, coins=0, shop_coins=160)
    assert fact.source_id == "501:item_refunded"
    assert (fact.purchase_id, fact.item, fact.quantity, fact.price) == (501, "sword", 2, 160)
    assert legs(fact) == [
        ("wallet:2001", "item:sword", -2),
        ("sink", "item:sword", 2),
        ("shop", "coins", -160),
        ("wallet:2001", "coins", 160),
    ]


@pytest.mark.parametrize(
    ("purchase", "held", "coins", "shop_coins", "sentence"),
    [
        (replace(PURCHASE, refunded_at=at(1)), 2, 0, 160, "returned already"),
        (replace(PURCHASE, refundable_until=None), 2, 0, 160, "sold for good"),
        (replace(PURCHASE, refundable_until=at(29)), 2, 0, 160, "too late"),
        (PURCHASE, 1, 0, 160, "2, of which you have 1, so 1 are missing"),
        (PURCHASE, 2, 0, 159, "till does not hold that much"),
        (PURCHASE, 2, MAX_BALANCE, 160, "Your wallet can hold"),
    ],
)
def test_what_cannot_be_returned(
    purchase: Purchase, held: int, coins: int, shop_coins: int, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        shop.refund(ASKED, purchase, held=held, coins=coins, shop_coins=shop_coins)


PRESENT = Member(BEN, is_bot=False, present=True)


def test_a_gift_goes_from_wallet_to_wallet() -> None:
    fact = shop.give(ASKED, PRESENT, "sword", 2, held=2, receiver_held=1)
    assert (fact.user_id, fact.target_id, fact.item, fact.quantity) == (ANN, BEN, "sword", 2)
    assert legs(fact) == [("wallet:2001", "item:sword", -2), ("wallet:2002", "item:sword", 2)]
    assert fact.source_id == f"{ASKED.interaction_id}:item_given"


@pytest.mark.parametrize(
    ("receiver", "quantity", "receiver_held", "sentence"),
    [
        (Member(ANN, is_bot=False, present=True), 1, 0, "have that already"),
        (Member(BEN, is_bot=True, present=True), 1, 0, "Bots have no pockets"),
        (Member(BEN, is_bot=False, present=False), 1, 0, "has left"),
        (PRESENT, 0, 0, "at least 1"),
        (PRESENT, 3, 0, "have 2 of that, so 1 are missing"),
        (PRESENT, 1, MAX_BALANCE, "That member cannot carry more"),
    ],
)
def test_what_cannot_be_given(
    receiver: Member, quantity: int, receiver_held: int, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        shop.give(ASKED, receiver, "sword", quantity, held=2, receiver_held=receiver_held)


def any_effect(effect: str) -> None:
    """Whatever it is called."""


def no_effect(effect: str) -> None:
    raise Refused("There is no such effect.")


def put(wanted: Item, *others: Item, based_on: int = 4) -> ShopItemDefined:
    return shop_items.define(
        ASKED, wanted, shop=[SWORD, *others], based_on=based_on, check_effect=any_effect
    )


def test_a_change_is_the_next_revision_of_what_the_admin_looked_at() -> None:
    fact = put(replace(SWORD, price=90, stock=None, effect="badge:a"), based_on=3)
    assert (fact.source_id, fact.revision) == ("shop_item:sword:4", 4)
    assert (fact.price, fact.stock, fact.effect, fact.role_id) == (90, None, "badge:a", KNIGHTS)
    assert fact.role_prices == SWORD.role_prices


def test_an_item_is_made_once_and_can_come_back_after_it_was_removed() -> None:
    hat = Item("hat", "Hat", 5)
    new = shop_items.create(ASKED, hat, shop=[SWORD], check_effect=any_effect)
    assert new.source_id == "shop_item:hat:1"
    with pytest.raises(Refused, match="an item with that id already"):
        shop_items.create(
            ASKED, replace(SWORD, name="Other"), shop=[SWORD], check_effect=any_effect
        )
    gone = replace(SWORD, removed=True)
    back = shop_items.create(ASKED, SWORD, shop=[gone], check_effect=any_effect)
    assert back.source_id == "shop_item:sword:5"


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (replace(SWORD, item="Magic Sword"), "lower-case letters"),
        (replace(SWORD, item="--"), "lower-case letters"),
        (replace(SWORD, item="pet-fox-7"), "belong to members' pets"),
        (replace(SWORD, item="a" * 33), "at most 32"),
        (replace(SWORD, name=" "), "needs a name"),
        (replace(SWORD, name="x" * 51), "at most 50 letters"),
        (replace(SWORD, name="two\nlines"), "one line"),
        (replace(SWORD, emoji="x" * 61), "one emoji"),
        (replace(SWORD, description="x" * 201), "at most 200 letters"),
        (replace(SWORD, effect="x" * 201), "at most 200 letters"),
        (replace(SWORD, price=-1), "price is a whole number from 0"),
        (replace(SWORD, price=MAX_AMOUNT + 1), "to 1,000,000,000,000"),
        (replace(SWORD, role_prices={"61": -1}), "price is a whole number from 0"),
        (replace(SWORD, role_prices={str(n): 1 for n in range(11)}), "at most 10 roles"),
        (replace(SWORD, stock=-1), "stock is a whole number"),
        (replace(SWORD, member_limit=0), "limit per member"),
        (replace(SWORD, refund_hours=8761), "0 to 8,760 hours"),
        (replace(SWORD, name="HELMET"), "Another item has that name"),
        (SWORD, "like that already"),
    ],
)
def test_what_an_item_cannot_be(wanted: Item, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        put(wanted, Item("helmet", "Helmet", 1))


def test_an_effect_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refused, match="no such effect"):
        shop_items.define(
            ASKED, replace(SWORD, effect="x"), shop=[], based_on=4, check_effect=no_effect
        )


def test_a_shop_has_an_end_and_removed_items_take_no_room() -> None:
    full = [Item(f"item-{n}", f"Item {n}", 1) for n in range(shop_items.MAX_ITEMS)]
    with pytest.raises(Refused, match="at most 200 items"):
        put(replace(SWORD, price=1), *full)
    assert put(replace(SWORD, price=1), *full[1:], replace(full[0], removed=True)).item == "sword"


def test_a_role_gets_a_price_of_its_own_and_loses_it() -> None:
    dearer = shop_items.with_role_price(SWORD, NOBLES, 70)
    assert dearer.role_prices == {str(NOBLES): 70, str(THIEVES): 120}
    assert shop_items.with_role_price(dearer, NOBLES, None).role_prices == {str(THIEVES): 120}
    assert (SWORD.cheapest, dearer.cheapest) == (80, 70)


def test_what_is_removed_cannot_be_removed_again() -> None:
    fact = shop_items.remove(ASKED, SWORD, based_on=4)
    assert (fact.source_id, fact.revision) == ("shop_item:sword:5", 5)
    with pytest.raises(Refused, match="not in the shop any more"):
        shop_items.remove(ASKED, replace(SWORD, removed=True), based_on=5)
