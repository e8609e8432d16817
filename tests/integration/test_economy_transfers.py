"""Payments that nobody may make, fifty at once, and fifty into a wallet with little room: what is
refused moves nothing, whatever else is paid at the same time."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from bot.call import Call
from bot.commands.pay import payment
from bot.economy.holdings import wallets_of
from bot.handle import Fact, handle
from events.currency import COIN
from events.decisions.asked import Asked
from events.decisions.economy import Member
from events.economy import PaymentMade
from events.engine.catalogue import decode
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.interactions import InteractionUsed
from events.ledger import MAX_AMOUNT, MAX_BALANCE
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Connection, Database
from tests.support.facts import GUILD, at
from tests.support.wealth import gift, lost

ALICE, BOB = 502, 503
TASKS = 50
T = TypeVar("T", bound=Event)
HERE = Member(BOB, is_bot=False, present=True)
WRONG = {
    "to oneself": (Member(ALICE, is_bot=False, present=True), 10, "cannot pay yourself"),
    "to a bot": (Member(BOB, is_bot=True, present=True), 10, "Bots have no wallet"),
    "to a member who left": (Member(BOB, is_bot=False, present=False), 10, "has left"),
    "nothing": (HERE, 0, "at least 1 coin"),
    "less than nothing": (HERE, -10, "at least 1 coin"),
    "the least there is": (HERE, -(2**63), "at least 1 coin"),
    "more than there is": (HERE, 101, "1 are missing"),
    "over the ceiling": (HERE, MAX_AMOUNT + 1, "moves at most 1,000,000,000,000 coins"),
    "2^63": (HERE, 2**63, "moves at most 1,000,000,000,000 coins"),
}


def nothing(conn: Connection, found: list[Fact]) -> None:
    """Nothing is shown."""


def attempt(database: Database, number: int, payee: Member, amount: int, payer: int = ALICE) -> str:
    """One ``/pay``, with an interaction of its own: "paid", or why not."""
    asked = Asked(GUILD, snowflake_at(at(number), number), payer, 700)

    def decide(conn: Connection) -> Sequence[Event]:
        return [payment(conn, asked, payee, amount, COIN)]

    try:
        handle(
            database, Call(asked, "slash", "pay"), reads=["accounts"], decide=decide, show=nothing
        )
    except Refused as refused:
        return str(refused)
    return "paid"


def give(database: Database, **coins: int) -> None:
    members = {"alice": ALICE, "bob": BOB}
    with database.transaction(GUILD) as conn:
        lake.append(conn, [gift(GUILD, members[name], amount) for name, amount in coins.items()])


def carry(database: Database, *members: int) -> list[int]:
    """What they have, once the books add up and are what a rebuild makes."""
    worker.drain(database)
    assert lost(database, GUILD) == {}
    assert not verify(database.dsn, [named("accounts")], processes=1).differences
    with database.transaction(GUILD) as conn:
        return wallets_of(conn, GUILD, members)


def recorded(database: Database, kind: type[T]) -> list[T]:
    with database.transaction(GUILD) as conn:
        return [e for e in map(decode, lake.read(conn, GUILD, 0, 1000)) if isinstance(e, kind)]


@pytest.mark.parametrize("wrong", WRONG)
def test_fifty_payments_that_cannot_be_made_move_nothing(database: Database, wrong: str) -> None:
    payee, amount, sentence = WRONG[wrong]
    give(database, alice=100, bob=7)
    with ThreadPoolExecutor(TASKS) as pool:
        told = list(pool.map(lambda n: attempt(database, 10 + n, payee, amount), range(TASKS)))
    assert [sentence in one for one in told] == [True] * TASKS, set(told)
    assert recorded(database, PaymentMade) == []
    used = [e.outcome for e in recorded(database, InteractionUsed)]
    assert used == ["refused"] * TASKS
    assert carry(database, ALICE, BOB) == [100, 7]


def test_among_payments_that_cannot_be_made_those_that_can_are(database: Database) -> None:
    """Each kind of wrong one five times, and ten of 30 coins of which three can be paid."""
    give(database, alice=100, bob=7)
    wishes = [(payee, amount) for payee, amount, _ in WRONG.values() if amount != 101] * 5
    wishes = [*wishes, *[(HERE, 30)] * 10]
    assert len(wishes) == TASKS
    with ThreadPoolExecutor(TASKS) as pool:
        told = list(pool.map(lambda n: attempt(database, 10 + n, *wishes[n]), range(TASKS)))
    assert told.count("paid") == len(recorded(database, PaymentMade)) == 3
    assert carry(database, ALICE, BOB) == [10, 97]


def test_fifty_payments_into_a_wallet_fill_it_to_its_ceiling_and_no_further(
    database: Database,
) -> None:
    give(database, alice=10_000, bob=MAX_BALANCE - 100)
    with ThreadPoolExecutor(TASKS) as pool:
        told = list(pool.map(lambda n: attempt(database, 10 + n, HERE, 30), range(TASKS)))
    assert told.count("paid") == 3
    assert set(told) - {"paid"} == {
        "That member's wallet can hold 1,000,000,000,000,000 coins and has room for 10 more. "
        "Make the amount smaller."
    }
    assert carry(database, ALICE, BOB) == [10_000 - 90, MAX_BALANCE - 10]


def test_fifty_payments_back_and_forth_make_and_lose_nothing(database: Database) -> None:
    give(database, alice=500, bob=500)
    there = Member(ALICE, is_bot=False, present=True)
    ways = [(HERE, 40, ALICE), (there, 40, BOB)] * (TASKS // 2)
    with ThreadPoolExecutor(TASKS) as pool:
        told = list(pool.map(lambda n: attempt(database, 10 + n, *ways[n]), range(TASKS)))
    paid = [way for way, word in zip(ways, told, strict=True) if word == "paid"]
    gone = sum(amount for _, amount, payer in paid if payer == ALICE)
    come = sum(amount for _, amount, payer in paid if payer == BOB)
    assert carry(database, ALICE, BOB) == [500 - gone + come, 500 + gone - come]
