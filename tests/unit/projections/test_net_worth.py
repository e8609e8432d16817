"""Net worth: wallet and bank together, and since when."""

from events.bank import BankDeposited, BankUpgraded
from events.economy import CoinsAwarded, PaymentMade
from events.ledger import MINT, SINK, bank, escrow, move, wallet
from tests.support.facts import GUILD, at
from tests.support.given import given

ANN, BEN, ADMIN = 2001, 2002, 2099


def award(number: int, member: int, amount: int, currency: str = "coins") -> CoinsAwarded:
    return CoinsAwarded(
        guild_id=GUILD,
        source_id=f"{number}:coin_award",
        user_id=ADMIN,
        target_id=member,
        occurred_at=at(number),
        amount=amount,
        reason="because",
        postings=move(amount, source=MINT, to=wallet(member), currency=currency),
    )


def deposit(number: int, amount: int) -> BankDeposited:
    return BankDeposited(
        guild_id=GUILD,
        source_id=f"{number}:bank_deposit",
        user_id=ANN,
        occurred_at=at(number),
        amount=amount,
        tier=0,
        capacity=10_000,
        postings=move(amount, source=wallet(ANN), to=bank(ANN)),
    )


def upgrade(tier: int, price: int) -> BankUpgraded:
    return BankUpgraded(
        guild_id=GUILD,
        source_id=f"{ANN}:bank_upgrade:{tier}",
        user_id=ANN,
        occurred_at=at(50),
        tier=tier,
        price=price,
        capacity=15_000,
        postings=move(price, source=wallet(ANN), to=SINK),
    )


def payment(number: int, amount: int, to: str) -> PaymentMade:
    return PaymentMade(
        guild_id=GUILD,
        source_id=f"{number}:payment",
        user_id=ANN,
        target_id=BEN,
        occurred_at=at(number),
        amount=amount,
        left=0,
        postings=move(amount, source=wallet(ANN), to=to),
    )


def test_a_deposit_moves_nothing_and_keeps_the_place_of_who_was_there_earlier() -> None:
    given(
        "net_worth",
        award(11, ANN, 700),
        award(12, BEN, 700),
        deposit(13, 300),
    ).then("net_worth", "user_id worth worth_at", (ANN, 700, 1), (BEN, 700, 2))


def test_what_is_paid_spent_or_in_escrow_is_no_longer_owned() -> None:
    given(
        "net_worth",
        award(11, ANN, 900),
        deposit(12, 500),
        payment(13, 40, wallet(BEN)),
        upgrade(1, 200),
        payment(14, 7, escrow(ANN)),
    ).then("net_worth", "user_id worth worth_at", (ANN, 653, 5), (BEN, 40, 3))


def test_each_currency_counts_for_itself_and_things_and_debts_not_at_all() -> None:
    given(
        "net_worth",
        award(11, ANN, 5),
        award(12, ANN, 80, "gems"),
        award(13, ANN, 2, "item:axe"),
        award(14, ANN, 9, "debt:gems"),
    ).then(
        "net_worth", "user_id currency worth worth_at", (ANN, "coins", 5, 1), (ANN, "gems", 80, 2)
    )


def test_the_tier_that_was_bought_last_is_in_force() -> None:
    given("bank_tiers", upgrade(1, 4_000), award(11, ANN, 1), upgrade(2, 8_000)).then(
        "bank_tiers", "user_id tier position", (ANN, 2, 3)
    )
