"""Recaps: reactions, and coins earned and spent, on the guild's own days and in its seasons."""

from collections.abc import Sequence

from events.auctions import AuctionBid
from events.bank import BankDeposited
from events.economy import CoinsAwarded, PaymentMade
from events.engine.snowflake import to_ms
from events.ledger import MINT, Posting, bank, escrow, move, wallet
from events.reactions import ReactionsTallied
from tests.support.facts import GUILD, at, calendar, reaction, season, season_end
from tests.support.given import given

ANN, BEN, CAT = 2001, 2002, 2003
HOUR = 3600
MONDAY = to_ms(at(0)) // 86_400_000


def awarded(number: int, amount: int, *, to: int, seconds: float = 0) -> CoinsAwarded:
    return CoinsAwarded(
        guild_id=GUILD,
        source_id=f"{number}:coin_award",
        user_id=2099,
        target_id=to,
        occurred_at=at(seconds),
        amount=amount,
        reason="a prize",
        postings=move(amount, source=MINT, to=wallet(to)),
    )


def paid(number: int, postings: Sequence[Posting], *, seconds: float = 0) -> PaymentMade:
    return PaymentMade(
        guild_id=GUILD,
        source_id=f"{number}:payment",
        user_id=ANN,
        target_id=BEN,
        occurred_at=at(seconds),
        amount=1,
        left=0,
        postings=list(postings),
    )


def bid(amount: int, *, by: int, outbids: int | None, refunded: int) -> AuctionBid:
    held = escrow(901)
    back = move(refunded, source=held, to=wallet(outbids)) if outbids else []
    return AuctionBid(
        guild_id=GUILD,
        source_id=f"901:auction_bid:{amount}",
        user_id=by,
        target_id=outbids,
        occurred_at=at(60),
        auction_id=901,
        amount=amount,
        refunded=refunded,
        prolonged_ms=0,
        ends_ms=to_ms(at(900)),
        postings=back + move(amount, source=wallet(by), to=held),
    )


def test_reactions_are_counted_as_profiles_do() -> None:
    given(
        "recaps",
        reaction(501, user=BEN, author=ANN),
        reaction(501, user=BEN, author=ANN, ordinal=3, seconds=1),
        reaction(502, user=CAT, author=CAT, seconds=2),
        reaction(503, user=2666, author=ANN, is_bot=True, seconds=3),
        reaction(504, user=CAT, author=None, seconds=4),
        ReactionsTallied(
            guild_id=GUILD,
            source_id="505:reaction_tally:tada",
            target_id=CAT,
            occurred_at=at(5),
            message_id=505,
            emoji="tada",
            count=6,
        ),
    ).then(
        "recap_days",
        "user_id day season reactions_given reactions_received",
        (ANN, MONDAY, 0, 0, 1),
        (BEN, MONDAY, 0, 1, 0),
        (CAT, MONDAY, 0, 1, 6),
    )


def test_coins_are_earned_and_spent_and_what_is_given_back_is_not_spent() -> None:
    given(
        "recaps",
        awarded(601, 500, to=ANN),
        paid(602, [*move(120, source=wallet(ANN), to=wallet(BEN))]),
        BankDeposited(
            guild_id=GUILD,
            source_id="603:bank_deposit",
            user_id=ANN,
            occurred_at=at(30),
            amount=50,
            tier=0,
            capacity=1000,
            postings=move(50, source=wallet(ANN), to=bank(ANN)),
        ),
        paid(604, [*move(9, source=MINT, to=wallet(ANN), currency="gems")]),
        bid(40, by=BEN, outbids=None, refunded=0),
        bid(70, by=ANN, outbids=BEN, refunded=40),
    ).then(
        "recap_days",
        "user_id day season earned spent",
        (ANN, MONDAY, 0, 500, 120 + 70),
        (BEN, MONDAY, 0, 120, 0),
    )


def test_each_of_the_guilds_own_days_and_each_season_is_counted_for_itself() -> None:
    given(
        "recaps",
        awarded(611, 1, to=ANN, seconds=-HOUR),
        season(1, starts=0, ends=30 * HOUR),
        awarded(612, 20, to=ANN, seconds=HOUR),
        awarded(613, 300, to=ANN, seconds=13 * HOUR),
        calendar("Somewhere", [0, -2 * HOUR], seconds=13 * HOUR),
        awarded(614, 4000, to=ANN, seconds=13 * HOUR + 1),  # Monday by the clock now in force
        season_end(1, seconds=30 * HOUR),
        awarded(615, 50_000, to=ANN, seconds=31 * HOUR),
    ).then(
        "recap_days",
        "user_id day season earned",
        (ANN, MONDAY, 0, 1),
        (ANN, MONDAY, 1, 4020),
        (ANN, MONDAY + 1, 0, 50_000),
        (ANN, MONDAY + 1, 1, 300),
    )
