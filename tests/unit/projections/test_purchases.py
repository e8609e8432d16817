"""Purchases: whose, of what, for how much, how long they can be returned, and if they were."""

from tests.support.facts import at
from tests.support.given import given
from tests.support.shopping import bought, refunded

ANN, BEN = 2001, 2002
HOUR = 3600


def test_a_purchase_is_kept_with_its_terms_and_returned_once() -> None:
    swords = bought(501, "sword", 4, user=ANN, seconds=10, refund_hours=24)
    never_bought = bought(502, "hat", 1, user=ANN)
    given(
        "purchases",
        swords,
        bought(502, "hat", 1, user=BEN, seconds=20),
        bought(503, "sword", 2, user=ANN, seconds=30, refund_hours=1, currency="gems"),
        refunded(swords, when=at(99)),
        refunded(never_bought, when=at(100)),
    ).then(
        "purchases",
        "user_id purchase_id item quantity price currency bought_at refundable_until refunded_at "
        "position",
        (ANN, 501, "sword", 4, 400, "coins", at(10), at(10 + 24 * HOUR), at(99), 1),
        (ANN, 503, "sword", 2, 200, "gems", at(30), at(30 + HOUR), None, 3),
        (BEN, 502, "hat", 1, 100, "coins", at(20), None, None, 2),
    )
