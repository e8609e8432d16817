"""Purchases: whose, of what, for how much, how long they can be returned, and if they were."""

from tests.support.facts import at
from tests.support.given import given
from tests.support.trade import bought, refunded

ANN, BEN = 2001, 2002
HOUR = 3600


def test_a_purchase_is_kept_with_its_terms_and_returned_once() -> None:
    given(
        "purchases",
        bought(501, "sword", 4, user=ANN, seconds=10, refund_hours=24),
        bought(502, "hat", 1, user=BEN, seconds=20),
        bought(503, "sword", 2, user=ANN, seconds=30, refund_hours=1),
        refunded(501, "sword", 4, user=ANN, seconds=99),
        refunded(502, "hat", 1, user=ANN, seconds=100),
    ).then(
        "purchases",
        "user_id purchase_id item quantity price bought_at refundable_until refunded_at position",
        (ANN, 501, "sword", 4, 400, at(10), at(10 + 24 * HOUR), at(99), 1),
        (ANN, 503, "sword", 2, 200, at(30), at(30 + HOUR), None, 3),
        (BEN, 502, "hat", 1, 100, at(20), at(20), None, 2),
    )
