"""Acts of admins, raced: granted once, undone once, debts collected once, nothing lost."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from bot import automation
from bot.commands import undo
from bot.economy.admin import adjusting
from bot.economy.admin.adjusting import Target
from bot.handle import Call, Outcome, handle
from events.decisions.asked import Asked
from events.decisions.economy import Member, pay
from events.economy_acts import Way
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.ledger import COINS, wallet
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql.pool import Connection, Database
from sql.reads import fetch, fetch_one
from tests.support.facts import GUILD, at

ADMIN, ALICE, BOB = 501, 502, 503
MANY = tuple(range(10_001, 10_451))


def call(number: int, user: int = ADMIN) -> Call:
    return Call(Asked(GUILD, snowflake_at(at(number), number), user, 700), "button", "adjust")


def held(conn: Connection, member: int, currency: str = COINS) -> int:
    row = fetch_one(
        conn, "accounts", "balance", guild=GUILD, account=wallet(member), currency=currency
    )
    return row["balance"] if row else 0


def grant(
    database: Database, click: Call, asked: Asked, members: tuple[int, ...], amount: int = 100
) -> Outcome[None]:
    """The click ``click`` on the preview of ``asked``."""
    target = Target("@role", members, is_role=True)

    def decide(conn: Connection) -> Sequence[Event]:
        return adjusting.decide_once(
            conn, asked, lambda: target, target.check, amount, COINS, "why"
        )

    return handle(database, click, reads=["accounts"], decide=decide, show=lambda *_: None)


def undone(database: Database, click: Call, asked: Asked, act: str, way: Way) -> Outcome[None]:
    def decide(conn: Connection) -> Sequence[Event]:
        return undo.decide_once(conn, asked, act, way, "why")

    reads = ["accounts", "admin_log"]
    return handle(database, click, reads=reads, decide=decide, show=lambda *_: None)


def send(database: Database, number: int, payer: int, payee: int, amount: int) -> None:
    asked = call(number, payer)

    def decide(conn: Connection) -> Sequence[Event]:
        who = Member(payee, is_bot=False, present=True)
        return [pay(asked.asked, who, amount, balance=held(conn, payer), payee_balance=0)]

    handle(database, asked, reads=["accounts"], decide=decide, show=lambda *_: None)


def refused(work: Callable[[], object]) -> bool:
    try:
        work()
    except Refused:
        return True
    return False


def check_books(database: Database) -> None:
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        assert {row["sum"] for row in fetch(conn, "accounts", "sums", guild=GUILD)} == {0}
    models = [named(name) for name in ("accounts", "admin_log", "money_supply")]
    assert not verify(database.dsn, models, processes=1).differences


def test_fifty_clicks_on_one_grant_grant_once_in_three_events(database: Database) -> None:
    asked = call(1).asked
    with ThreadPoolExecutor(50) as pool:
        done = list(pool.map(lambda n: grant(database, call(10 + n), asked, MANY), range(50)))
    assert all(outcome.facts == done[0].facts for outcome in done)
    assert len(done[0].facts) == 3
    with database.transaction(GUILD) as conn:
        assert [held(conn, member) for member in MANY] == [100] * len(MANY)
    check_books(database)


def test_a_click_after_the_role_has_changed_is_answered_by_what_was_done(
    database: Database,
) -> None:
    asked = call(1).asked
    first = grant(database, call(2), asked, (ALICE, BOB))
    again = grant(database, call(3), asked, (ALICE,))
    assert again.facts == first.facts


def test_fifty_admins_undo_one_act_once(database: Database) -> None:
    grant(database, call(2), call(1).asked, MANY)
    act = f"{call(1).asked.interaction_id}:coin_award"

    def attempt(number: int) -> bool:
        click = call(10 + number)
        return not refused(lambda: undone(database, click, click.asked, act, "stop"))

    with ThreadPoolExecutor(50) as pool:
        assert sum(pool.map(attempt, range(50))) == 1
    with database.transaction(GUILD) as conn:
        assert {held(conn, member) for member in MANY} == {0}
        assert held(conn, MANY[0], "debt:coins") == 0
    check_books(database)


def test_a_double_click_on_an_undo_is_answered_the_same(database: Database) -> None:
    grant(database, call(2), call(1).asked, MANY)
    act = f"{call(1).asked.interaction_id}:coin_award"
    asked = call(3).asked
    with ThreadPoolExecutor(8) as pool:
        done = list(
            pool.map(lambda n: undone(database, call(10 + n), asked, act, "debt"), range(8))
        )
    assert all(outcome.facts == done[0].facts for outcome in done)
    assert len(done[0].facts) == 3


def test_a_debt_is_collected_once_from_what_comes_in(database: Database) -> None:
    grant(database, call(2), call(1).asked, (ALICE,), 500)
    send(database, 3, ALICE, BOB, 450)
    act = f"{call(1).asked.interaction_id}:coin_award"
    undone(database, call(4), call(4).asked, act, "debt")
    with database.transaction(GUILD) as conn:
        assert (held(conn, ALICE), held(conn, ALICE, "debt:coins")) == (0, 450)

    def income(number: int) -> None:
        send(database, 10 + number, BOB, ALICE, 9)
        automation.drain(database)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(income, range(40)))
    automation.drain(database)
    check_books(database)
    with database.transaction(GUILD) as conn:
        assert (held(conn, ALICE), held(conn, ALICE, "debt:coins")) == (0, 450 - 40 * 9)
        assert held(conn, BOB) == 450 - 40 * 9
    income(60)
    income(61)
    with database.transaction(GUILD) as conn:
        assert held(conn, ALICE, "debt:coins") == 450 - 42 * 9


def test_an_undo_races_with_spending_and_nothing_is_lost(database: Database) -> None:
    grant(database, call(2), call(1).asked, (ALICE,), 500)
    act = f"{call(1).asked.interaction_id}:coin_award"

    def attempt(number: int) -> None:
        if number == 7:
            undone(database, call(100), call(100).asked, act, "debt")
        else:
            refused(lambda: send(database, 10 + number, ALICE, BOB, 30))

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(attempt, range(20)))
    check_books(database)
    with database.transaction(GUILD) as conn:
        spent = held(conn, BOB)
        assert (held(conn, ALICE), held(conn, ALICE, "debt:coins")) == (0, spent)
