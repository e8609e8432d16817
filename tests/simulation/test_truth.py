"""The checker of answers can tell a lie: what the machine asks of every answer, once by hand."""

import pytest

from bot.commands.balance import Purse
from bot.commands.balance import card as balance_card
from bot.commands.bank import receipt
from bot.commands.chance import sheet
from events.bank import BankDeposited
from events.currency import COIN
from events.decisions.bank import Held
from events.economy import LevelReached, PaymentMade
from events.economy_acts import DebtCollected
from events.engine.catalogue import event_types
from events.engine.event import Event
from events.games import ChancePlayed
from events.ledger import MINT, LedgerEvent, Posting, bank, move, wallet
from events.pets import PetAdopted
from events.seasons import SeasonRewarded
from events.shop import TakingsBurned
from events.upkeep import Upkeep
from tests.simulation.books import Books
from tests.simulation.crowd import Answer
from tests.simulation.truth import TRUTHS, Asked, Lie, check_act, check_question
from tests.support.facts import GUILD, at

ALICE, BOB = 801, 802
OF_THEMSELVES = (DebtCollected, LevelReached, SeasonRewarded, TakingsBurned, Upkeep)
"""What no member's act brings about, so that nobody is answered."""
WITH_ANOTHER = (PetAdopted,)
"""What is told together with what caused it."""
PAID = "<@801> paid <@802> **120** \N{COIN}\n380 coins left"


def books(*events: Event) -> Books:
    found = Books()
    for event in events:
        found.enter(event, found.head + 1)
    return found


def rich(member: int, amount: int) -> PaymentMade:
    """Coins from nowhere; what kind of fact brings them does not matter here."""
    return payment("rich", MINT, wallet(member), amount)


def payment(key: str, source: str, to: str, amount: int) -> PaymentMade:
    return PaymentMade(
        guild_id=GUILD,
        source_id=f"{key}:{source}:{to}",
        user_id=ALICE,
        target_id=BOB,
        occurred_at=at(0),
        amount=amount,
        left=0,
        postings=move(amount, source=source, to=to),
    )


def test_every_fact_that_moves_money_has_its_truth() -> None:
    told = {
        cls
        for cls in event_types().values()
        if issubclass(cls, LedgerEvent) and not issubclass(cls, OF_THEMSELVES + WITH_ANOTHER)
    }
    assert set(TRUTHS) == told, "say in truth.py which numbers the answer to it must show"


@pytest.mark.parametrize(
    "lie",
    [
        PAID.replace("120", "121"),
        PAID.replace("120", "1,120"),
        PAID.replace("380", "500"),
        PAID.replace("380", "1,380"),
        PAID.replace("<@802>", "<@803>"),
        PAID.replace("380 coins left", ""),
    ],
)
def test_a_payment_told_wrong_is_a_lie(lie: str) -> None:
    paid = payment("paid", wallet(ALICE), wallet(BOB), 120)
    kept = books(rich(ALICE, 500), paid, rich(BOB, 7))
    check_act(PAID, [(2, paid)], kept, kept.head)
    with pytest.raises(Lie):
        check_act(lie, [(2, paid)], kept, kept.head)


def test_an_amount_that_the_postings_do_not_bear_out_is_a_lie() -> None:
    """What the fact states of itself is not believed."""
    paid = payment("paid", wallet(ALICE), wallet(BOB), 120)
    stated = paid.model_copy(update={"postings": move(12, source=wallet(ALICE), to=wallet(BOB))})
    kept = books(rich(ALICE, 500), stated)
    with pytest.raises(Lie):
        check_act(PAID, [(2, stated)], kept, kept.head)


@pytest.mark.parametrize(("in_wallet", "in_bank"), [(41, 60), (40, 61), (60, 40)])
def test_a_bank_that_holds_something_else_is_a_lie(in_wallet: int, in_bank: int) -> None:
    put_by = BankDeposited(
        guild_id=GUILD,
        source_id="1:bank_deposit",
        user_id=ALICE,
        occurred_at=at(0),
        amount=60,
        tier=0,
        capacity=10_000,
        postings=move(60, source=wallet(ALICE), to=bank(ALICE)),
    )
    kept = books(rich(ALICE, 100), put_by)
    check_act(Answer(receipt(put_by, 40, 60, COIN), []).text, [(2, put_by)], kept, 2)
    wrong = Answer(receipt(put_by, in_wallet, in_bank, COIN), [])
    with pytest.raises(Lie):
        check_act(wrong.text, [(2, put_by)], kept, 2)


@pytest.mark.parametrize(("payout", "left", "position"), [(196, 196, 2), (0, 100, 2), (0, 0, 3)])
def test_a_game_told_wrong_is_a_lie(payout: int, left: int, position: int) -> None:
    lost = ChancePlayed(
        guild_id=GUILD,
        source_id="1:chance_played",
        user_id=ALICE,
        occurred_at=at(0),
        stake=100,
        game="coinflip",
        choice="heads",
        rules=1,
        seed=77,
        roll=["tails"],
        multiplier=0,
        payout=0,
        postings=[
            Posting(account=wallet(ALICE), amount=-100),
            Posting(account="sink", amount=100),
        ],
    )
    kept = books(rich(ALICE, 100), lost)
    true = sheet(lost, 0, "much", COIN, position=2)
    check_act(Answer(true, []).text, [(2, lost)], kept, 2)
    told = lost.model_copy(update={"payout": payout, "multiplier": payout})
    wrong = sheet(told, left, "much", COIN, position=position)
    with pytest.raises(Lie):
        check_act(Answer(wrong, []).text, [(2, lost)], kept, 2)


def test_a_balance_is_true_if_it_was_so_while_it_was_asked_for() -> None:
    kept = books(*(rich(ALICE, 100).model_copy(update={"source_id": str(n)}) for n in range(4)))
    asked = Asked("balance", ALICE, {}, {})

    def told(coins: int) -> str:
        purse = Purse(Held(coins, 0, 0), 10_000, 4_000, None, COIN, [], [])
        return Answer(balance_card("alice", "https://x", purse), []).text

    for coins in (200, 300):
        check_question(told(coins), asked, kept, range(2, 4))
    for coins in (100, 250, 400):
        with pytest.raises(Lie):
            check_question(told(coins), asked, kept, range(2, 4))


def test_books_notice_an_account_that_owes() -> None:
    with pytest.raises(AssertionError, match="owes"):
        books(payment("paid", wallet(ALICE), wallet(BOB), 120))


def test_books_notice_money_that_was_made() -> None:
    paid = payment("paid", MINT, wallet(BOB), 120)
    more = [*paid.postings, Posting(account=wallet(ALICE), amount=1)]
    with pytest.raises(AssertionError, match="made or lost"):
        books(paid.model_copy(update={"postings": more}))
