"""Trades under fire: fifty at once on one trade, and nothing is lost, doubled or held for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from bot import schedule
from bot.commands.trade import READS, Decide, cancelling, confirming
from bot.due import trades as due
from bot.economy.trades import load, shown
from bot.handle import Call, handle
from events.decisions import trades
from events.decisions.asked import Asked
from events.decisions.economy import Member
from events.decisions.trades import Trade
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.ledger import MAX_BALANCE
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import verify
from sql.pool import Connection, Database
from tests.support.facts import GUILD, at
from tests.support.wealth import carried, give, in_escrow, lost

ALICE, BOB = 502, 503
TRADE = snowflake_at(at(1), 1)
TASKS = 50


def asked(number: int, user: int, seconds: float = 10) -> Asked:
    return Asked(GUILD, snowflake_at(at(seconds), number), user, 700)


def opened(database: Database) -> int:
    """Alice offers 100 coins for two of Bob's swords; returns the version."""
    give(database, GUILD, ALICE, coins=100)
    give(database, GUILD, BOB, sword=2)
    call = Call(Asked(GUILD, TRADE, ALICE, 700), "slash", "trade open")
    partner = Member(BOB, is_bot=False, present=True)
    handle(
        database,
        call,
        reads=READS,
        decide=lambda conn: trades.open_trade(call.asked, partner, None, 60),
        show=shown,
    )
    act(database, asked(2, ALICE), offering("coins", 100))
    return act(database, asked(3, BOB), offering("item:sword", 2)).version


def offering(currency: str, quantity: int) -> Decide:
    return lambda conn, by, found, partner: trades.change(
        by, found, partner, currency, quantity, carried=100
    )


def act(database: Database, by: Asked, decide: Decide) -> Trade:
    """One press of a button."""

    def deciding(conn: Connection) -> list[Event]:
        found = load(conn, GUILD, TRADE)
        other = Member(found.other(by.user_id), is_bot=False, present=True)
        return [decide(conn, by, found, other)]

    call = Call(by, "button", "trade")
    return handle(database, call, reads=READS, decide=deciding, show=shown).shown[0]


def attempt(doing: Callable[[], object]) -> str:
    """What came of it, in a word."""
    try:
        return getattr(doing(), "state", "done")
    except Refused as refused:
        return str(refused)


def at_once(doings: list[Callable[[], object]]) -> list[str]:
    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(attempt, doings))


def whole(database: Database) -> None:
    """Nothing was made or lost, nothing is held, and the live tables are what a rebuild makes."""
    worker.drain(database)
    assert lost(database, GUILD) == {}
    assert in_escrow(database, GUILD, TRADE) == {}
    models = [read_models()[name] for name in ("accounts", "trades")]
    assert not verify(database.dsn, models, processes=1).differences


SWAPPED = ({"sword": 2}, {"coins": 100})
UNTOUCHED = ({"coins": 100}, {"sword": 2})


def wallets(database: Database) -> tuple[dict[str, int], dict[str, int]]:
    return carried(database, GUILD, ALICE), carried(database, GUILD, BOB)


def press(database: Database, number: int, user: int, decide: Decide) -> Callable[[], Trade]:
    """A press of a button that is still to come."""
    return partial(act, database, asked(100 + number, user), decide)


def test_fifty_accepts_of_one_trade_move_a_hundred_coins_once(database: Database) -> None:
    agree = confirming(opened(database))
    results = at_once(
        [press(database, n, (ALICE, BOB)[n % 2], agree) for n in range(TASKS)],
    )
    assert set(results) <= {"open", "settled"}
    assert results.count("settled") >= TASKS // 2
    assert wallets(database) == SWAPPED
    whole(database)


@pytest.mark.parametrize("first", [0, 1])
def test_a_cancel_racing_with_the_confirmations_is_one_or_the_other(
    database: Database, first: int
) -> None:
    agree = confirming(opened(database))
    act(database, asked(50, ALICE), agree)
    results = at_once(
        [
            press(database, n, (ALICE, BOB)[n // 2 % 2], (cancelling, agree)[(n + first) % 2])
            for n in range(TASKS)
        ]
    )
    assert ("settled" in results) != ("cancelled" in results)
    assert wallets(database) == (SWAPPED if "settled" in results else UNTOUCHED)
    whole(database)


@pytest.mark.parametrize("first", [0, 1])
def test_a_trade_that_runs_out_while_it_is_settled_is_one_or_the_other(
    database: Database, first: int
) -> None:
    agree = confirming(opened(database))
    act(database, asked(50, ALICE), agree)
    over = at(1) + timedelta(minutes=60)
    sweep = partial(schedule.run_due, database, over, [due.DUE])
    results = at_once(
        [sweep if (n + first) % 2 == 0 else press(database, n, BOB, agree) for n in range(TASKS)]
    )
    assert results.count("done") == TASKS // 2
    assert ("settled" in results) != any("has run out" in result for result in results)
    assert wallets(database) == (SWAPPED if "settled" in results else UNTOUCHED)
    whole(database)


def test_nobody_is_held_to_a_version_they_have_not_seen(database: Database) -> None:
    agree = confirming(opened(database))
    act(database, asked(50, ALICE), agree)
    fewer = offering("item:sword", 1)
    results = at_once(
        [press(database, n, BOB, agree if n else fewer) for n in range(TASKS)],
    )
    settled = "settled" in results
    assert wallets(database) == (SWAPPED if settled else UNTOUCHED)
    assert settled or any("changed since you saw them" in result for result in results)
    whole(database)


def test_what_a_trade_held_goes_back_into_a_wallet_that_was_filled_meanwhile(
    database: Database,
) -> None:
    act(database, asked(50, ALICE), confirming(opened(database)))
    give(database, GUILD, ALICE, coins=MAX_BALANCE)
    assert len(schedule.run_due(database, at(1) + timedelta(minutes=60), [due.DUE])) == 1
    assert wallets(database) == ({"coins": MAX_BALANCE + 100}, {"sword": 2})
    whole(database)


def test_what_was_spent_meanwhile_cannot_be_confirmed(database: Database) -> None:
    version = opened(database)
    act(database, asked(50, BOB), confirming(version))
    give(database, GUILD, ALICE, coins=-1)
    with pytest.raises(Refused, match="only 99"):
        act(database, asked(51, ALICE), confirming(version))
    act(database, asked(52, BOB), cancelling)
    assert wallets(database) == ({"coins": 99}, {"sword": 2})
    whole(database)
