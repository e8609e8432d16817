"""The ledger: balances, and each posting with what the account held after it."""

import pytest
from pydantic import ValidationError

from events.economy import CoinsAwarded, LevelReached, PaymentMade
from events.ledger import (
    COINS,
    MINT,
    NOBODY,
    SINK,
    TREASURY,
    Posting,
    bank,
    escrow,
    move,
    owner,
    wallet,
)
from tests.support.facts import GUILD, at
from tests.support.given import given

ANN, BEN, ADMIN = 2001, 2002, 2099


def level(user: int, number: int, reward: int) -> LevelReached:
    return LevelReached(
        guild_id=GUILD,
        source_id=f"{user}:level_reached:{number}",
        user_id=user,
        occurred_at=at(number),
        level=number,
        reward=reward,
        unpaid=0,
        cause_position=1,
        postings=[
            Posting(account=MINT, amount=-reward),
            Posting(account=wallet(user), amount=reward),
        ],
    )


def payment(number: int, amount: int, *, postings: list[Posting] | None = None) -> PaymentMade:
    moved = [
        Posting(account=wallet(ANN), amount=-amount),
        Posting(account=wallet(BEN), amount=amount),
    ]
    return PaymentMade(
        guild_id=GUILD,
        source_id=f"{number}:payment",
        user_id=ANN,
        target_id=BEN,
        channel_id=3001,
        occurred_at=at(number),
        amount=amount,
        left=0,
        postings=moved if postings is None else postings,
    )


def award(number: int, amount: int, currency: str = COINS) -> CoinsAwarded:
    other = MINT if amount > 0 else SINK
    return CoinsAwarded(
        guild_id=GUILD,
        source_id=f"{number}:coin_award",
        user_id=ADMIN,
        target_id=BEN,
        occurred_at=at(number),
        amount=amount,
        reason="a prize",
        postings=[
            Posting(account=other, currency=currency, amount=-amount),
            Posting(account=wallet(BEN), currency=currency, amount=amount),
        ],
    )


def test_money_is_minted_paid_on_and_taken_back() -> None:
    folded = given(
        "accounts", level(ANN, 1, 50), payment(701, 30), award(702, -5), award(703, 9, "gems")
    )
    folded.then(
        "accounts",
        "account currency owner_id balance balance_at",
        ("mint", "coins", 0, -50, 1),
        ("mint", "gems", 0, -9, 4),
        ("sink", "coins", 0, 5, 3),
        ("wallet:2001", "coins", ANN, 20, 2),
        ("wallet:2002", "coins", BEN, 25, 3),
        ("wallet:2002", "gems", BEN, 9, 4),
    )
    folded.then(
        "ledger_entries",
        "position line account currency amount balance owner_id event_type counterpart_id "
        "occurred_at",
        (1, 1, "mint", "coins", -50, -50, 0, "level_reached", ANN, at(1)),
        (1, 2, "wallet:2001", "coins", 50, 50, ANN, "level_reached", None, at(1)),
        (2, 1, "wallet:2001", "coins", -30, 20, ANN, "payment", BEN, at(701)),
        (2, 2, "wallet:2002", "coins", 30, 30, BEN, "payment", ANN, at(701)),
        (3, 1, "sink", "coins", 5, 5, 0, "coin_award", BEN, at(702)),
        (3, 2, "wallet:2002", "coins", -5, 25, BEN, "coin_award", ADMIN, at(702)),
        (4, 1, "mint", "gems", -9, -9, 0, "coin_award", BEN, at(703)),
        (4, 2, "wallet:2002", "gems", 9, 9, BEN, "coin_award", ADMIN, at(703)),
    )


@pytest.mark.parametrize(
    "postings",
    [
        [Posting(account=MINT, amount=-5)],
        [Posting(account=MINT, amount=-5), Posting(account=SINK, amount=4)],
        [Posting(account=MINT, amount=-5), Posting(account=SINK, currency="gems", amount=5)],
    ],
)
def test_a_ledger_event_that_does_not_balance_cannot_be_made(postings: list[Posting]) -> None:
    with pytest.raises(ValidationError, match="must sum to zero per currency"):
        payment(1, 5, postings=postings)


@pytest.mark.parametrize("amount", [2**63, -(2**63)])
def test_a_posting_fits_the_column(amount: int) -> None:
    with pytest.raises(ValidationError):
        Posting(account=MINT, amount=amount)


def test_a_wallet_has_an_owner_and_the_guilds_own_accounts_have_none() -> None:
    accounts = (wallet(ANN), bank(BEN), escrow(5), MINT, TREASURY)
    assert [owner(account) for account in accounts] == [ANN, BEN, 5, NOBODY, NOBODY]


def test_an_escrow_is_loaded_for_the_event_that_moves_it() -> None:
    paid = payment(1, 5, postings=move(5, source=wallet(ANN), to=escrow(77)))
    assert paid.members() == (77, ANN, BEN)
    given("accounts", paid).then(
        "accounts", "account owner_id balance", ("escrow:77", 77, 5), ("wallet:2001", ANN, -5)
    )
