"""Commands asked for at the same time share a transaction, and nothing but that."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from bot.call import Call, Command, Outcome
from bot.carry_out import carry_out
from bot.counter import PLACES, counter_of
from bot.handle import Fact, Unrecorded, handle
from events.decisions.asked import Asked
from events.decisions.economy import Member, award_coins, pay
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.ledger import COINS, wallet
from projections.engine import worker
from projections.engine.read_model import named
from sql import checkpoints, lake
from sql.errors import DatabaseUnreachable
from sql.pool import Connection, Database
from sql.reads import fetch_one
from tests.support.facts import at

ADMIN, ALICE, BOB = 501, 502, 503
GUILDS = range(41, 49)
PATIENCE = 20.0

Deciding = Callable[[Connection], Sequence[Event]]


def call(guild: int, number: int, user: int = ALICE) -> Call:
    return Call(Asked(guild, snowflake_at(at(number), number), user, 700), "slash", "pay")


def command(asked: Call, decide: Deciding) -> Command[int]:
    return Command(asked, [named("accounts")], decide, transaction)


def transaction(conn: Connection, facts: list[Fact]) -> int:
    """Which transaction of the database this is: what the commands here show."""
    row = conn.execute("select pg_current_xact_id()::text::bigint").fetchone()
    assert row is not None
    return int(row[0])


def balance(conn: Connection, guild: int, user: int) -> int:
    row = fetch_one(conn, "accounts", "balance", guild=guild, account=wallet(user), currency=COINS)
    return row["balance"] if row else 0


def gift(guild: int, number: int, amount: int = 100) -> Command[int]:
    asked = call(guild, number, ADMIN)
    alice = Member(ALICE, is_bot=False, present=True)
    return command(asked, lambda conn: [award_coins(asked.asked, alice, amount, "test", balance=0)])


def payment(guild: int, number: int, amount: int) -> Command[int]:
    asked, bob = call(guild, number), Member(BOB, is_bot=False, present=True)

    def decide(conn: Connection) -> list[Event]:
        has = balance(conn, guild, ALICE)
        return [pay(asked.asked, bob, amount, balance=has, payee_balance=0)]

    return command(asked, decide)


def ask(database: Database, wanted: Command[int]) -> Outcome[int]:
    return handle(database, wanted.call, reads=["accounts"], decide=wanted.decide, show=wanted.show)


def prepare(database: Database) -> None:
    for guild in GUILDS:
        ask(database, gift(guild, guild))


def holdings(database: Database) -> dict[int, int]:
    with database.transaction(*GUILDS) as conn:
        return {guild: balance(conn, guild, ALICE) for guild in GUILDS}


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(32) as threads:
        yield threads


@contextmanager
def occupied(database: Database, pool: ThreadPoolExecutor) -> Iterator[None]:
    """Every place at the counter is taken by a command that thinks until the block ends."""
    thinking, go_on = threading.Barrier(PLACES + 1), threading.Event()

    def think(conn: Connection) -> list[Event]:
        thinking.wait(PATIENCE)
        assert go_on.wait(PATIENCE)
        return []

    for number in range(PLACES):
        guild = 90 + number
        ask(database, gift(guild, 1))  # so that it has a stream, and is no newcomer
        pool.submit(ask, database, command(call(guild, 2), think))
    thinking.wait(PATIENCE)
    try:
        yield
    finally:
        go_on.set()


def all_ask(
    database: Database, pool: ThreadPoolExecutor, wanted: Sequence[Command[int]]
) -> list[Future[Outcome[int]]]:
    """All of ``wanted`` are brought to a counter at which nobody can be served yet."""
    with occupied(database, pool):
        asked = [pool.submit(ask, database, one) for one in wanted]
        while counter_of(database).waiting < len(wanted):
            time.sleep(0.001)
    return asked


def test_what_is_asked_for_at_the_same_time_is_done_in_one_transaction(
    database: Database, pool: ThreadPoolExecutor
) -> None:
    prepare(database)
    ends = all_ask(database, pool, [payment(guild, 100, 30) for guild in GUILDS])
    shown = {end.result(PATIENCE).shown for end in ends}
    assert len(shown) == 1
    assert holdings(database) == dict.fromkeys(GUILDS, 70)
    worker.drain(database)


def test_one_that_raises_takes_nobody_with_it(database: Database, pool: ThreadPoolExecutor) -> None:
    prepare(database)

    def mistake(conn: Connection) -> list[Event]:
        raise ArithmeticError("a bug")

    bad = command(call(GUILDS[0], 200), mistake)
    first, *others = all_ask(database, pool, [bad, *(payment(g, 100, 30) for g in GUILDS[1:])])
    with pytest.raises(ArithmeticError, match="a bug"):
        first.result(PATIENCE)
    assert len({end.result(PATIENCE).shown for end in others}) == len(others)
    assert holdings(database) == {g: 100 if g == GUILDS[0] else 70 for g in GUILDS}


def test_a_fact_that_collides_is_told_to_its_asker_alone(
    database: Database, pool: ThreadPoolExecutor
) -> None:
    prepare(database)
    other = payment(GUILDS[0], 200, 5)
    said = ask(database, other).facts[0].event
    bad = command(call(GUILDS[0], 201), lambda conn: [said.model_copy(update={"amount": 6})])
    first, second = all_ask(database, pool, [bad, payment(GUILDS[1], 100, 30)])
    with pytest.raises(Unrecorded):
        first.result(PATIENCE)
    assert second.result(PATIENCE).position == 4
    assert holdings(database)[GUILDS[0]] == 95


def test_a_guild_that_somebody_is_at_keeps_no_other_waiting(
    database: Database, pool: ThreadPoolExecutor
) -> None:
    prepare(database)
    held, behind, free = GUILDS[:3]
    with database.transaction(held, behind) as conn:
        lake.lock(conn, [held])
        checkpoints.take(conn, behind, ["accounts"], wait=True)
        *waiting, ended = all_ask(
            database, pool, [payment(g, 100, 30) for g in (held, behind, free)]
        )
        ended.result(PATIENCE)
        assert not any(one.done() for one in waiting)
    for one in waiting:
        one.result(PATIENCE)
    assert [holdings(database)[guild] for guild in (held, behind, free)] == [70, 70, 70]


def test_those_of_a_busy_guild_wait_for_it_in_one_connection(
    database: Database, pool: ThreadPoolExecutor
) -> None:
    """Were each to wait in one of their own, there would be none left for anybody else."""
    prepare(database)
    guild = GUILDS[0]
    with Database(database.dsn, max_size=PLACES + 1, timeout=0.5) as small:
        with database.transaction(guild) as conn:
            lake.lock(conn, [guild])
            waiting = all_ask(small, pool, [payment(guild, 100 + n, 10) for n in range(20)])
            time.sleep(1.5)
            assert not any(one.done() for one in waiting)
        ends = [type(one.exception(PATIENCE)) for one in waiting]
    assert (ends.count(type(None)), ends.count(Refused)) == (10, 10)
    assert holdings(database)[guild] == 0


def test_commands_of_a_guild_in_one_transaction_see_one_another(database: Database) -> None:
    prepare(database)
    guild, other = GUILDS[:2]
    wanted = [payment(guild, 100 + n, 30) for n in range(5)] + [payment(other, 100, 30)]
    ends = carry_out(database, wanted, wait=False)
    refused = [one.call.asked.interaction_id for one, end in ends.items() if type(end) is Refused]
    assert refused == [wanted[n].call.asked.interaction_id for n in (3, 4)]
    assert (holdings(database)[guild], holdings(database)[other]) == (10, 70)


def test_one_interaction_twice_in_a_transaction_acts_once(database: Database) -> None:
    prepare(database)
    twice = [payment(GUILDS[0], 100, 30), payment(GUILDS[0], 100, 30)]
    first, again = carry_out(database, twice, wait=False).values()
    assert isinstance(first, Outcome)
    assert isinstance(again, Outcome)
    assert (first.facts, first.position) == (again.facts, again.position)
    assert holdings(database)[GUILDS[0]] == 70


def test_a_guild_nobody_has_heard_of_is_served_too(
    database: Database, pool: ThreadPoolExecutor
) -> None:
    new = 77
    (end,) = all_ask(database, pool, [gift(new, 1)])
    assert end.result(PATIENCE).position == 2


def test_everybody_is_told_that_the_database_is_away(database: Database) -> None:
    prepare(database)
    away = Database(database.dsn + "_gone", timeout=0.2)
    with away, pytest.raises(DatabaseUnreachable):
        ask(away, payment(GUILDS[0], 100, 30))
