"""Interest, tax and decay: whole coins, rounded down, at most so many members an event."""

from datetime import UTC, datetime

import pytest

from events.decisions.claims import CHUNK
from events.decisions.upkeep import (
    Holding,
    decay,
    interest,
    levy,
    period_of,
    progressive,
    share,
    tax,
    week_start,
)
from events.ledger import MAX_BALANCE
from tests.support.facts import GUILD, at


@pytest.mark.parametrize(
    ("balance", "rate", "expected"),
    [(10_000, 1, 1), (9_999, 1, 0), (999, 150, 14), (100, 10_000, 100), (0, 500, 0), (-5, 500, 0)],
)
def test_a_share_is_rounded_down(balance: int, rate: int, expected: int) -> None:
    assert share(balance, rate) == expected


def test_banks_earn_new_coins() -> None:
    banks = [
        Holding("bank:2001", 999),
        Holding("bank:2002", 60),
        Holding("bank:2003", MAX_BALANCE),
    ]
    (fact,) = interest(GUILD, at(0), banks, rate=150)
    assert (fact.source_id, fact.period, fact.rate) == ("2026-W02:interest:0", "2026-W02", 150)
    assert [(p.account, p.amount) for p in fact.postings] == [("mint", -14), ("bank:2001", 14)]


def test_wallets_pay_the_treasury_of_what_is_not_free() -> None:
    wallets = [Holding("wallet:2001", 1_500), Holding("wallet:2002", 1_000)]
    (fact,) = tax(GUILD, at(0), wallets, rate=1000, free=1_000)
    assert (fact.source_id, fact.free) == ("2026-W02:tax:0", 1_000)
    assert [(p.account, p.amount) for p in fact.postings] == [
        ("treasury", 50),
        ("wallet:2001", -50),
    ]


@pytest.mark.parametrize(
    ("held", "taken"),
    [
        (1_000, 0),
        (1_099, 0),  # a tenth of a coin and less is no coin
        (4_000, 30),
        (16_000, 30 + 240),
        (20_000, 30 + 240 + 120),
    ],
)
def test_the_levy_takes_the_more_the_more_there_is(held: int, taken: int) -> None:
    assert progressive(held, 100, 1_000) == taken


def test_the_levy_never_takes_more_than_there_is() -> None:
    assert progressive(10**15, 5_000, 0) <= 10**15
    assert progressive(1, 5_000, 0) == progressive(0, 5_000, 10) == 0


def test_the_levy_is_of_wallet_and_bank_together_out_of_the_wallet_first() -> None:
    balances = {
        ("wallet:2001", "coins"): 20,
        ("bank:2001", "coins"): 3_980,
        ("wallet:2002", "coins"): 900,
        ("bank:2002", "coins"): 100,
        ("wallet:2003", "item:axe"): 9_000,
        ("treasury", "coins"): 9_000,
    }
    (fact,) = levy(GUILD, at(0), balances, rate=100, free=1_000)
    assert (fact.source_id, fact.rate, fact.free) == ("2026-W02:levy:0", 100, 1_000)
    assert [(p.account, p.amount) for p in fact.postings] == [
        ("sink", 30),
        ("wallet:2001", -20),
        ("bank:2001", -10),
    ]


def test_idle_wallets_lose_to_the_sink() -> None:
    (fact,) = decay(GUILD, at(0), [Holding("wallet:2001", 1_500)], rate=200, idle_days=30)
    assert (fact.source_id, fact.idle_days) == ("2026-W02:decay:0", 30)
    assert [(p.account, p.amount) for p in fact.postings] == [("sink", 30), ("wallet:2001", -30)]


def test_a_week_in_which_nobody_is_concerned_is_recorded_too() -> None:
    (fact,) = tax(GUILD, at(0), [], rate=1000, free=0)
    assert (fact.source_id, fact.postings) == ("2026-W02:tax:0", [])


def test_many_members_are_several_events() -> None:
    banks = [Holding(f"bank:{number}", 100) for number in range(1, CHUNK + 3)]
    facts = interest(GUILD, at(0), banks, rate=1000)
    assert [(f.source_id, f.chunk, len(f.postings)) for f in facts] == [
        ("2026-W02:interest:0", 0, CHUNK + 1),
        ("2026-W02:interest:1", 1, 3),
    ]


def test_a_week_begins_on_monday_and_has_the_year_that_it_belongs_to() -> None:
    sunday = datetime(2027, 1, 3, 23, 59, tzinfo=UTC)
    assert week_start(sunday) == datetime(2026, 12, 28, tzinfo=UTC)
    assert period_of(sunday) == "2026-W53"
    assert period_of(datetime(2027, 1, 4, tzinfo=UTC)) == "2027-W01"
