"""One command, one transaction: acts once, answers the same, and never overdraws."""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.handle import Call, Fact, Outcome, handle, was_done
from events.decisions.asked import Asked
from events.decisions.economy import Member, award_coins, pay
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.ledger import COINS, wallet
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql.errors import ConnectionBroke
from sql.pool import Connection, Database
from sql.reads import fetch, fetch_one
from tests.simulation.deaths import DEATH, LATEST, UNHEARD, Death, Mortal
from tests.support.facts import GUILD, at

ROOT = Path(__file__).parents[2]
ADMIN, ALICE, BOB = 501, 502, 503
TASKS = 50


def call(number: int, user: int = ALICE, name: str = "pay") -> Call:
    return Call(Asked(GUILD, snowflake_at(at(number), number), user, 700), "slash", name)


def balance(conn: Connection, user: int) -> int:
    row = fetch_one(conn, "accounts", "balance", guild=GUILD, account=wallet(user), currency=COINS)
    return row["balance"] if row else 0


def own_balance_after(conn: Connection, facts: list[Fact]) -> int:
    event = facts[0].event
    row = fetch_one(
        conn,
        "accounts",
        "balance_after",
        guild=GUILD,
        account=wallet(event.user_id or 0),
        currency=COINS,
        position=facts[0].position,
    )
    return row["balance"] if row else 0


def give(database: Database, number: int, user: int, amount: int) -> None:
    asked = call(number, ADMIN, "award")

    def decide(conn: Connection) -> Sequence[Event]:
        who = Member(user, is_bot=False, present=True)
        return [award_coins(asked.asked, who, amount, "test", balance=balance(conn, user))]

    handle(database, asked, reads=["accounts"], decide=decide, show=own_balance_after)


def send(database: Database, asked: Call, payee: int, amount: int) -> Outcome[int]:
    def decide(conn: Connection) -> Sequence[Event]:
        who = Member(payee, is_bot=False, present=True)
        has, payee_has = balance(conn, asked.asked.user_id), balance(conn, payee)
        return [pay(asked.asked, who, amount, balance=has, payee_balance=payee_has)]

    return handle(database, asked, reads=["accounts"], decide=decide, show=own_balance_after)


def test_a_crash_between_commit_and_reply_pays_once_and_the_member_is_told(
    database: Database,
) -> None:
    """A real process is gone the moment its transaction has committed; Discord asks another."""
    give(database, 1, ALICE, 100)
    dying = (
        "import os, sys; from sql.pool import Database; "
        "from tests.integration import test_handle as t; "
        "t.send(Database(sys.argv[1]), t.call(2), t.BOB, 30); os._exit(9)"
    )
    gone = subprocess.run([sys.executable, "-c", dying, database.dsn], cwd=ROOT, check=False)
    assert gone.returncode == 9
    assert send(database, call(2), BOB, 30).shown == 70
    with database.transaction(GUILD) as conn:
        assert (balance(conn, ALICE), balance(conn, BOB)) == (70, 30)


def test_the_same_interaction_twice_pays_once_and_answers_the_same(database: Database) -> None:
    give(database, 1, ALICE, 100)
    first = send(database, call(2), BOB, 30)
    send(database, call(3), BOB, 50)
    again = send(database, call(2), BOB, 30)
    assert (first.shown, again.shown) == (70, 70)
    assert again.facts == first.facts
    assert again.position == first.position
    with database.transaction(GUILD) as conn:
        assert (balance(conn, ALICE), balance(conn, BOB)) == (20, 80)


@pytest.mark.parametrize("moment", [0, 3, LATEST, UNHEARD])
def test_a_payment_whose_connection_is_lost_is_made_once_and_told(
    database: Database, moment: int
) -> None:
    """At a statement, at the commit, or after it: then it is paid, and saying that nothing was
    changed would make the member pay again."""
    give(database, 1, ALICE, 100)
    token = DEATH.set(Death(moment))
    try:
        with Mortal(database.dsn) as mortal:
            assert send(mortal, call(2), BOB, 30).shown == 70
    finally:
        DEATH.reset(token)
    with database.transaction(GUILD) as conn:
        assert (balance(conn, ALICE), balance(conn, BOB)) == (70, 30)


def test_a_payment_that_may_have_been_made_is_not_said_to_have_changed_nothing(
    database: Database,
) -> None:
    """The answer to the commit is lost, and after that the database cannot be reached at all."""
    give(database, 1, ALICE, 100)
    token = DEATH.set(Death(UNHEARD, for_good=True))
    try:
        with Mortal(database.dsn) as mortal, pytest.raises(ConnectionBroke):
            send(mortal, call(2), BOB, 30)
    finally:
        DEATH.reset(token)
    assert was_done(database, call(2))
    assert not was_done(database, call(3))


def test_a_refused_interaction_is_refused_the_same_way_when_delivered_again(
    database: Database,
) -> None:
    with pytest.raises(Refused, match="30 are missing") as first:
        send(database, call(2), BOB, 30)
    give(database, 3, ALICE, 100)
    with pytest.raises(Refused) as again:
        send(database, call(2), BOB, 30)
    assert str(again.value) == str(first.value)
    with database.transaction(GUILD) as conn:
        assert balance(conn, ALICE) == 100


def test_racing_payments_of_one_balance_never_overdraw(database: Database) -> None:
    give(database, 1, ALICE, 100)

    def attempt(number: int) -> bool:
        try:
            send(database, call(10 + number), BOB, 30)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(TASKS) as pool:
        paid = list(pool.map(attempt, range(TASKS)))
    assert sum(paid) == 3
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        assert (balance(conn, ALICE), balance(conn, BOB)) == (10, 90)
        assert [row["sum"] for row in fetch(conn, "accounts", "sums", guild=GUILD)] == [0]
    assert not verify(database.dsn, [named("accounts")], processes=1).differences


def test_racing_deliveries_of_one_interaction_pay_once(database: Database) -> None:
    give(database, 1, ALICE, 100)
    with ThreadPoolExecutor(TASKS) as pool:
        shown = list(pool.map(lambda _: send(database, call(2), BOB, 40).shown, range(TASKS)))
    assert shown == [60] * TASKS
    with database.transaction(GUILD) as conn:
        assert (balance(conn, ALICE), balance(conn, BOB)) == (60, 40)
