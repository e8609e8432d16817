"""The shop: what is offered now, what is left and what was sold."""

from tests.support.facts import at
from tests.support.given import given
from tests.support.shopping import SHOPKEEPER, bought, defined, refunded, removed, sold

ANN, BEN = 2001, 2002


def test_stock_and_sales_follow_what_is_bought_sold_and_returned() -> None:
    given(
        "shop",
        defined("sword", stock=10),
        defined("hat"),
        bought(501, "sword", 4, user=ANN),
        bought(502, "hat", 2, user=BEN),
        returned := bought(503, "sword", 3, user=BEN),
        refunded(returned, when=at(9)),
        sold(504, "sword", 1, user=ANN),
        sold(505, "hat", 2, user=BEN),
    ).then(
        "shop_items",
        "item stock sold position",
        ("hat", None, 2, 2),
        ("sword", 7, 4, 1),
    )


def test_a_new_definition_replaces_all_but_what_was_sold() -> None:
    given(
        "shop",
        defined("sword", stock=10, effect="badge:a", role_id=61),
        bought(501, "sword", 4, user=ANN),
        defined(
            "sword",
            revision=2,
            seconds=60,
            name="Blade",
            emoji="\N{DAGGER KNIFE}",
            description="sharp",
            price=250,
            currency="gems",
            stock=2,
            member_limit=3,
            role_id=62,
            role_prices={"63": 200},
            refund_hours=24,
            effect="badge:b",
        ),
    ).then(
        "shop_items",
        "item revision removed name emoji description price currency stock sold member_limit "
        "role_id role_prices refund_hours effect changed_by changed_at position",
        (
            "sword",
            2,
            False,
            "Blade",
            "\N{DAGGER KNIFE}",
            "sharp",
            250,
            "gems",
            2,
            4,
            3,
            62,
            {"63": 200},
            24,
            "badge:b",
            SHOPKEEPER,
            at(60),
            3,
        ),
    )


def test_what_is_removed_keeps_its_name_and_can_come_back() -> None:
    gone = [
        defined("hat", name="Top hat"),
        bought(501, "hat", 1, user=ANN),
        removed("hat", revision=2, seconds=70),
    ]
    given("shop", *gone).then(
        "shop_items",
        "item revision removed name changed_at position",
        ("hat", 2, True, "Top hat", at(70), 3),
    )
    given("shop", *gone, defined("hat", revision=3)).then(
        "shop_items", "item revision removed sold position", ("hat", 3, False, 1, 4)
    )


def test_things_that_were_never_in_the_shop_have_no_shelf() -> None:
    given(
        "shop",
        bought(501, "hat", user=ANN),
        sold(502, "hat", 1, user=ANN),
        removed("hat", revision=1),
        defined("sword"),
    ).then("shop_items", "item sold", ("sword", 0))
