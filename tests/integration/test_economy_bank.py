"""Races about one bank: nothing is lost, doubled or overdrawn, whatever comes at the same time."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from bot.commands.bank import as_offered
from bot.commands.pay import as_confirmed
from bot.economy import holdings
from bot.handle import Call, Fact, handle
from events.decisions import bank as deciding
from events.decisions.asked import Asked
from events.decisions.bank import Held
from events.decisions.economy import Member, award_coins, pay
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from projections.engine.ruling import rules_now
from sql.pool import Connection, Database
from sql.reads import fetch
from tests.support.facts import GUILD, at

ADMIN, ALICE, BOB = 501, 502, 503
TASKS = 50
TERMS = deciding.BankTerms(10_000, 5_000, 4_000)
Decide = Callable[[Connection, Asked, Held], Event]


def held(conn: Connection, facts: Sequence[Fact] = ()) -> Held:
    return holdings.holdings(conn, GUILD, ALICE)


def ask(database: Database, number: int, decide: Decide) -> Held:
    asked = Asked(GUILD, snowflake_at(at(number), number), ALICE, 700)
    return handle(
        database,
        Call(asked, "slash", "bank"),
        reads=holdings.READS,
        decide=lambda conn: [decide(conn, asked, held(conn))],
        show=held,
    ).shown


def race(database: Database, decide: Decide, start: int, tasks: int = TASKS) -> int:
    """How many of ``tasks`` interactions at once were granted."""

    def attempt(number: int) -> bool:
        try:
            ask(database, start + number, decide)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(TASKS) as pool:
        return sum(pool.map(attempt, range(tasks)))


def deposit(conn: Connection, asked: Asked, has: Held) -> Event:
    terms = holdings.terms_of(rules_now(conn, GUILD))
    return deciding.deposit(asked, "300", has, terms)


def withdraw(conn: Connection, asked: Asked, has: Held) -> Event:
    return deciding.withdraw(asked, "300", has)


def spend(conn: Connection, asked: Asked, has: Held) -> Event:
    bob = Member(BOB, is_bot=False, present=True)
    return pay(asked, bob, 300, balance=has.wallet, payee_balance=0)


def upgrade(conn: Connection, asked: Asked, has: Held) -> Event:
    return as_offered(conn, asked, 1, 4_000)


def give(database: Database, amount: int) -> None:
    alice = Member(ALICE, is_bot=False, present=True)

    def decide(conn: Connection, asked: Asked, has: Held) -> Event:
        return award_coins(asked, alice, amount, "test", balance=has.wallet)

    ask(database, 1, decide)


def checked(database: Database) -> Held:
    """What Alice has, after making sure that all tables agree and that no coin is missing."""
    worker.drain(database)
    models = [named(name) for name in ("accounts", "bank_tiers", "net_worth", "money_supply")]
    assert not verify(database.dsn, models, processes=1).differences
    with database.transaction(GUILD) as conn:
        assert [row["sum"] for row in fetch(conn, "accounts", "sums", guild=GUILD)] == [0]
        return held(conn)


def test_racing_deposits_never_go_over_the_capacity(database: Database) -> None:
    give(database, 12_000)
    assert race(database, deposit, 100) == 33
    assert checked(database) == Held(2_100, 9_900, 0)


def test_racing_withdrawals_never_overdraw_the_bank(database: Database) -> None:
    give(database, 9_900)
    ask(database, 2, lambda conn, asked, has: deciding.deposit(asked, "all", has, TERMS))
    assert race(database, withdraw, 100) == 33
    assert checked(database) == Held(9_900, 0, 0)


def test_one_wallet_is_spent_once_by_payments_and_deposits_together(database: Database) -> None:
    give(database, 6_000)

    def either(conn: Connection, asked: Asked, has: Held) -> Event:
        return (spend if asked.interaction_id % 2 else deposit)(conn, asked, has)

    assert race(database, either, 100) == 20
    after = checked(database)
    with database.transaction(GUILD) as conn:
        paid = holdings.balance_of(conn, GUILD, f"wallet:{BOB}")
    assert after.wallet == 0
    assert after.bank + paid == 6_000


def test_one_upgrade_confirmed_by_many_clicks_is_paid_once(database: Database) -> None:
    give(database, 20_000)
    assert race(database, upgrade, 100) == TASKS
    assert checked(database) == Held(16_000, 0, 1)


def test_one_large_payment_confirmed_by_many_clicks_is_made_once(database: Database) -> None:
    give(database, 90_000)
    preview = Asked(GUILD, snowflake_at(at(50), 50), ALICE, 700)
    bob = Member(BOB, is_bot=False, present=True)

    def confirm(conn: Connection, click: Asked, has: Held) -> Event:
        return as_confirmed(conn, preview, bob, 40_000)

    assert race(database, confirm, 100) == TASKS
    assert checked(database) == Held(50_000, 0, 0)


def test_a_deposit_delivered_again_is_made_once_and_answered_the_same(
    database: Database,
) -> None:
    give(database, 5_000)
    with ThreadPoolExecutor(8) as pool:
        shown = list(pool.map(lambda _: ask(database, 2, deposit), range(TASKS)))
    assert Counter(shown) == {Held(4_700, 300, 0): TASKS}
    assert checked(database) == Held(4_700, 300, 0)


def test_an_upgrade_at_a_price_that_has_changed_is_not_bought(database: Database) -> None:
    give(database, 20_000)
    ask(database, 2, upgrade)

    def at_the_old_price(conn: Connection, asked: Asked, has: Held) -> Event:
        return as_offered(conn, asked, 2, 4_000)

    assert race(database, at_the_old_price, 100, tasks=1) == 0
    assert checked(database) == Held(16_000, 0, 1)
