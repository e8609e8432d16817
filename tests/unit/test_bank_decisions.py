"""The bank: what goes in, comes out, and what more room costs."""

import pytest

from events.currency import Coin
from events.decisions.amounts import amount_of, check_amount, check_room
from events.decisions.asked import Asked
from events.decisions.bank import BankTerms, Held, deposit, upgrade, withdraw
from events.decisions.economy import Member, award_coins, pay
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.ledger import MAX_AMOUNT, MAX_BALANCE, LedgerEvent
from tests.support.facts import GUILD, at

ANN, BEN = 2001, 2002
ASKED = Asked(GUILD, snowflake_at(at(30), 7), ANN, 3001)
TERMS = BankTerms(10_000, 5_000, 4_000)
SHELL = Coin("shell", "shells", "\N{SPIRAL SHELL}")


def moved(fact: LedgerEvent) -> list[tuple[str, int]]:
    return [(p.account, p.amount) for p in fact.postings]


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1500", 1500), ("1,500", 1500), (" 7 ", 7), ("ALL", 640), ("12,345,678", 12_345_678)],
)
def test_amounts_as_members_write_them(text: str, amount: int) -> None:
    assert amount_of(text, 640) == amount


@pytest.mark.parametrize(
    "text", ["", "-5", "1.5", "1,5", "half", "1e9", "\u0661\u0662", "9" * 21, "0x10", "1_000"]
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(Refused, match=r'whole number, like 1500 or 1,500, or "all"'):
        amount_of(text, 640)


def test_amounts_and_accounts_have_a_ceiling() -> None:
    check_amount(MAX_AMOUNT)
    check_room(MAX_BALANCE - 5, 5, "Your wallet")
    with pytest.raises(Refused, match="At most 1,000,000,000,000 shells"):
        check_amount(MAX_AMOUNT + 1, SHELL)
    with pytest.raises(Refused, match="Give at least 1 shell"):
        check_amount(0, SHELL)
    with pytest.raises(Refused, match=r"Your wallet can hold .* room for 5 more"):
        check_room(MAX_BALANCE - 5, 6, "Your wallet")


@pytest.mark.parametrize(("text", "amount"), [("300", 300), ("all", 640)])
def test_a_deposit_says_under_which_terms_it_was_taken(text: str, amount: int) -> None:
    fact = deposit(ASKED, text, Held(640, 14_000, 1), TERMS)
    assert fact.source_id == f"{ASKED.interaction_id}:bank_deposit"
    assert (fact.user_id, fact.amount, fact.tier, fact.capacity) == (ANN, amount, 1, 15_000)
    assert moved(fact) == [(f"wallet:{ANN}", -amount), (f"bank:{ANN}", amount)]


@pytest.mark.parametrize(
    ("text", "held", "sentence"),
    [
        ("5", Held(0, 9, 0), "Your wallet is empty"),
        ("all", Held(0, 9, 0), "Your wallet is empty"),
        ("0", Held(640, 0, 0), "at least 1 coin"),
        ("700", Held(640, 0, 0), "You carry 640 coins, so 60 are missing"),
        ("all", Held(640, 9_500, 0), "holds 9,500 of 10,000 coins, so 500 more fit"),
        ("501", Held(640, 9_500, 0), "Deposit that much, or make it larger with /bank upgrade"),
        ("1", Held(640, 10_000, 0), "so nothing more fits. Make it larger with /bank upgrade"),
        ("1", Held(640, 12_000, 0), "holds 12,000 of 10,000 coins, so nothing more fits"),
    ],
)
def test_what_cannot_be_deposited(text: str, held: Held, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        deposit(ASKED, text, held, TERMS)


@pytest.mark.parametrize(("text", "amount"), [("300", 300), ("all", 900)])
def test_a_withdrawal(text: str, amount: int) -> None:
    fact = withdraw(ASKED, text, Held(3, 900, 0))
    assert (fact.source_id, fact.amount) == (f"{ASKED.interaction_id}:bank_withdrawal", amount)
    assert moved(fact) == [(f"bank:{ANN}", -amount), (f"wallet:{ANN}", amount)]


@pytest.mark.parametrize(
    ("text", "held", "sentence"),
    [
        ("5", Held(9, 0, 0), "Your bank is empty. Put coins into it with /bank deposit"),
        ("0", Held(9, 40, 0), "at least 1 coin"),
        ("41", Held(9, 40, 0), "Your bank holds 40 coins, so 1 are missing"),
        ("40", Held(MAX_BALANCE - 39, 40, 0), "Your wallet can hold .* room for 39 more"),
    ],
)
def test_what_cannot_be_withdrawn(text: str, held: Held, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        withdraw(ASKED, text, held)


@pytest.mark.parametrize(
    ("tier", "price", "capacity"), [(0, 4_000, 15_000), (1, 8_000, 20_000), (4, 20_000, 35_000)]
)
def test_each_tier_costs_more_than_the_last(tier: int, price: int, capacity: int) -> None:
    fact = upgrade(ASKED, Held(price, 0, tier), TERMS)
    assert (fact.tier, fact.price, fact.capacity) == (tier + 1, price, capacity)
    assert fact.source_id == f"{ANN}:bank_upgrade:{tier + 1}"
    assert moved(fact) == [(f"wallet:{ANN}", -price), ("sink", price)]


def test_what_cannot_be_upgraded() -> None:
    with pytest.raises(Refused, match="Tier 1 costs 4,000 coins and you carry 3,999, so 1 are"):
        upgrade(ASKED, Held(3_999, 9_000, 0), TERMS)
    with pytest.raises(Refused, match="as large as it can be"):
        upgrade(ASKED, Held(MAX_BALANCE, 0, 1_000), BankTerms(1, 1, 10**9))
    with pytest.raises(Refused, match="as large as it can be"):
        upgrade(ASKED, Held(MAX_BALANCE, 0, 1), BankTerms(MAX_BALANCE, 1, 1))


def test_no_wallet_is_filled_over_its_ceiling() -> None:
    member = Member(BEN, is_bot=False, present=True)
    with pytest.raises(Refused, match=r"That member's wallet can hold .* room for 4 more"):
        pay(ASKED, member, 5, balance=9, payee_balance=MAX_BALANCE - 4)
    with pytest.raises(Refused, match=r"That member's wallet can hold .* room for 4 more"):
        award_coins(ASKED, member, 5, "gift", balance=MAX_BALANCE - 4)
    assert pay(ASKED, member, 4, balance=9, payee_balance=MAX_BALANCE - 4).amount == 4


def test_a_refusal_speaks_of_money_as_the_guild_does() -> None:
    member = Member(BEN, is_bot=False, present=True)
    with pytest.raises(Refused, match="You carry 1 shell, so 4 are missing"):
        pay(ASKED, member, 5, balance=1, payee_balance=0, coin=SHELL)
