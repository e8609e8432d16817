"""What the shop destroys of its takings: never what it has to keep."""

import pytest

from events.decisions.takings import burn, burn_key
from events.ledger import MAX_AMOUNT, SHOP, SINK
from tests.support.facts import GUILD, at


def test_what_need_not_be_kept_goes_into_the_sink_under_the_key_of_the_day() -> None:
    fact = burn(GUILD, at(5), till=1_000, kept=300, keep_days=7)
    assert fact is not None
    assert (fact.till, fact.kept, fact.keep_days, fact.amount) == (1_000, 300, 7, 700)
    assert [(p.account, p.amount) for p in fact.postings] == [(SHOP, -700), (SINK, 700)]
    assert fact.source_id == burn_key(at(5)) == f"{at(5).date()}:shop_burn:coins"
    assert burn_key(at(5)) == burn_key(at(60)) != burn_key(at(86_400 + 5))


@pytest.mark.parametrize(("till", "kept"), [(0, 0), (300, 300), (200, 300)])
def test_a_till_with_nothing_to_spare_is_left_alone(till: int, kept: int) -> None:
    assert burn(GUILD, at(5), till=till, kept=kept, keep_days=7) is None


def test_one_transaction_moves_only_so_much() -> None:
    fact = burn(GUILD, at(5), till=3 * MAX_AMOUNT, kept=1, keep_days=0)
    assert fact is not None and fact.amount == MAX_AMOUNT
