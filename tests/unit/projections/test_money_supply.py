"""The money supply: what was made, destroyed and moved, by day and by kind of event."""

from events.economy import CoinsAwarded, PaymentMade
from events.ledger import FEES, MINT, SINK, Posting, move, wallet
from tests.support.facts import GUILD, at
from tests.support.given import given

ANN, BEN, ADMIN = 2001, 2002, 2099
DAY = 86_400


def award(number: int, amount: int, seconds: int) -> CoinsAwarded:
    return CoinsAwarded(
        guild_id=GUILD,
        source_id=f"{number}:coin_award",
        user_id=ADMIN,
        target_id=ANN,
        occurred_at=at(seconds),
        amount=amount,
        reason="because",
        postings=move(amount, source=MINT if amount > 0 else SINK, to=wallet(ANN)),
    )


def payment(number: int, postings: list[Posting]) -> PaymentMade:
    return PaymentMade(
        guild_id=GUILD,
        source_id=f"{number}:payment",
        user_id=ANN,
        target_id=BEN,
        occurred_at=at(0),
        amount=30,
        left=0,
        postings=postings,
    )


def test_what_is_made_destroyed_and_moved_is_told_apart() -> None:
    shared = [
        Posting(account=wallet(ANN), amount=-30),
        Posting(account=wallet(BEN), amount=20),
        Posting(account=FEES, amount=7),
        Posting(account=SINK, amount=3),
    ]
    given(
        "money_supply",
        award(1, 100, 0),
        payment(2, shared),
        award(3, -4, DAY),
        award(4, 50, DAY),
    ).then(
        "money_supply",
        "day event_type minted burned moved events",
        (DAY_ONE, "coin_award", 100, 0, 0, 1),
        (DAY_ONE, "payment", 0, 3, 27, 1),
        (DAY_ONE + 1, "coin_award", 50, 4, 0, 2),
    )


DAY_ONE = at(0).year * 10000 + at(0).month * 100 + at(0).day


def test_an_undone_act_counts_back_what_was_made_and_destroyed() -> None:
    given(
        "money_supply",
        payment(1, move(30, source=wallet(ANN), to=MINT)),
        payment(2, move(20, source=SINK, to=wallet(BEN))),
    ).then("money_supply", "minted burned moved events", (-30, -20, 0, 2))
