"""Fifty at a time against a real database: no flip pays twice, no wager ends twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TypeVar

import pytest

from bot import schedule
from bot.commands import chance as command
from bot.commands.wager import end
from bot.due import wagers as due
from bot.economy import games as shared
from bot.economy.holdings import balance_of
from bot.handle import Call, Fact, handle
from events.decisions import games, wagers
from events.decisions.asked import Asked
from events.decisions.chance import Bet
from events.decisions.economy import Member, award_coins
from events.decisions.games import COINFLIP
from events.decisions.settings import Standing, change_setting
from events.engine.catalogue import decode
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.games import ChancePlayed, WagerClosed, WagerPlayed
from events.ledger import wallet
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Connection, Database
from sql.reads import fetch
from tests.support.facts import GUILD, at

ADMIN, ALICE, BOB = 501, 502, 503
TASKS = 50
T = TypeVar("T")


def call(number: int, user: int, name: str = "coinflip") -> Call:
    return Call(Asked(GUILD, snowflake_at(at(number), number), user, 700), "slash", name)


def nothing(conn: Connection, found: list[Fact]) -> None:
    """Nothing is shown."""


def do(database: Database, asked: Call, decide: Callable[[Connection], Event]) -> Event:
    done = handle(
        database, asked, reads=shared.READS, decide=lambda conn: [decide(conn)], show=nothing
    )
    return done.facts[0].event


def give(database: Database, number: int, user: int, amount: int) -> None:
    asked = call(number, ADMIN, "award")
    who = Member(user, is_bot=False, present=True)
    do(database, asked, lambda conn: award_coins(asked.asked, who, amount, "test", balance=0))


def set_to(database: Database, number: int, key: str, value: int) -> None:
    asked = call(number, ADMIN, "settings")
    do(
        database,
        asked,
        lambda conn: change_setting(asked.asked, key, value, Standing(None, 0, 0)),
    )


def flip(
    database: Database, asked: Call, stake: int, seed: int, again_after: int | None = None
) -> ChancePlayed:
    bet = Bet(COINFLIP, "heads", stake, again_after)
    event = do(database, asked, lambda conn: command.decided(conn, asked.asked, bet, seed))
    assert isinstance(event, ChancePlayed)
    return event


def challenge(database: Database, number: int, stake: int) -> int:
    asked = call(number, ALICE, "wager").asked

    def decide(conn: Connection) -> Event:
        return wagers.offer(
            asked,
            Member(BOB, is_bot=False, present=True),
            stake,
            own=shared.bettor(conn, GUILD, ALICE, asked.at),
            limits=shared.limits(conn, GUILD),
            opponent_opted_out=False,
            open_offers=0,
        )

    do(database, call(number, ALICE, "wager"), decide)
    return asked.interaction_id


def press(database: Database, number: int, user: int, wager_id: int, way: str) -> Event:
    asked = call(number, user, "wager")
    return do(
        database, asked, lambda conn: end(conn, asked.asked, wager_id, way, number, lambda _: True)
    )


def at_once(task: Callable[[int], T], tasks: int = TASKS) -> list[T | None]:
    """Every task at the same time; None for those that were refused."""

    def attempt(number: int) -> T | None:
        try:
            return task(number)
        except Refused:
            return None

    with ThreadPoolExecutor(tasks) as pool:
        return list(pool.map(attempt, range(tasks)))


def recorded(database: Database, *kinds: type[Event]) -> list[Event]:
    with database.transaction(GUILD) as conn:
        rows = lake.read(conn, GUILD, 0, 10_000)
    return [event for event in map(decode, rows) if isinstance(event, kinds)]


def coins(database: Database, *users: int) -> list[int]:
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        assert [row["sum"] for row in fetch(conn, "accounts", "sums", guild=GUILD)] == [0]
        found = [balance_of(conn, GUILD, wallet(user)) for user in users]
    names = ("accounts", "wagers", "chance_stats")
    assert not verify(database.dsn, list(map(named, names)), processes=1).differences
    return found


def seeds_that(multiplier: int, wanted: int) -> list[int]:
    found = (s for s in range(10**6) if games.spin(COINFLIP, "heads", s).multiplier == multiplier)
    return [next(found) for _ in range(wanted)]


@pytest.fixture
def playing(database: Database) -> Database:
    """A guild where games are on."""
    set_to(database, 1, "games_enabled", 1)
    return database


@pytest.mark.parametrize("multiplier", [0, 200])
def test_five_parallel_flips_on_500_coins_pay_no_more_than_was_staked_for(
    playing: Database, multiplier: int
) -> None:
    give(playing, 2, ALICE, 500)
    seeds = seeds_that(multiplier, 5)
    played = at_once(lambda n: flip(playing, call(10 + n, ALICE), 500, seeds[n]), 5)
    taken = [event for event in played if event is not None]
    assert len(taken) == (1 if multiplier == 0 else 5)
    gain = sum(event.payout - event.stake for event in taken)
    assert coins(playing, ALICE) == [500 + gain]
    assert len(recorded(playing, ChancePlayed)) == len(taken)


def test_fifty_parallel_flips_never_overdraw_and_keep_the_days_limits(playing: Database) -> None:
    set_to(playing, 2, "games_daily_bets", 7)
    give(playing, 3, ALICE, 500)
    lost = seeds_that(0, TASKS)
    played = at_once(lambda n: flip(playing, call(10 + n, ALICE), 60, lost[n]))
    assert sum(event is not None for event in played) == 7
    assert coins(playing, ALICE) == [500 - 7 * 60]


def test_one_flip_delivered_fifty_times_is_played_once_with_the_first_seed(
    playing: Database,
) -> None:
    give(playing, 2, ALICE, 500)
    played = at_once(lambda n: flip(playing, call(10, ALICE), 100, seed=n))
    assert len({event.seed for event in played if event is not None}) == 1
    (event,) = recorded(playing, ChancePlayed)
    assert played == [event] * TASKS
    assert isinstance(event, ChancePlayed)
    assert coins(playing, ALICE) == [400 + event.payout]


def test_fifty_presses_of_one_button_play_once_more(playing: Database) -> None:
    give(playing, 2, ALICE, 500)
    first = flip(playing, call(3, ALICE), 60, 1)
    played = at_once(lambda n: flip(playing, call(10 + n, ALICE), 60, 100 + n, again_after=4))
    assert len(played) == TASKS
    assert len({event.seed for event in played if event}) == 1
    assert len(recorded(playing, ChancePlayed)) == 2
    (again,) = {event.payout for event in played if event}
    assert coins(playing, ALICE) == [500 + first.payout + again - 2 * 60]


def test_a_wager_accepted_fifty_times_at_once_pays_once(playing: Database) -> None:
    give(playing, 2, ALICE, 500)
    give(playing, 3, BOB, 500)
    wager_id = challenge(playing, 4, 100)
    ended = at_once(lambda n: press(playing, 10 + n, BOB, wager_id, "accept"))
    (event,) = recorded(playing, WagerPlayed, WagerClosed)
    assert isinstance(event, WagerPlayed)
    assert ended == [event] * TASKS
    balances = {ALICE: 400, BOB: 400}
    balances[event.winner_id] += 200
    assert coins(playing, ALICE, BOB) == list(balances.values())
    with playing.transaction(GUILD) as conn:
        rows = [shared.today(conn, GUILD, user, at(10)) for user in (ALICE, BOB)]
    assert [(row["bets"], row["staked"]) for row in rows] == [(1, 100)] * 2
    assert sum(row["won"] for row in rows) == 200


def test_accept_racing_cancel_decline_and_expiry_ends_the_wager_once(playing: Database) -> None:
    give(playing, 2, ALICE, 500)
    give(playing, 3, BOB, 500)
    for turn in range(4):
        start = 1000 * turn + 100
        wager_id = challenge(playing, start, 50)
        worker.drain(playing)
        shown = at_once(partial(any_end, playing, wager_id, start))
        found = recorded(playing, WagerPlayed, WagerClosed)
        assert len(found) == turn + 1
        assert found[-1].source_id == f"{wager_id}:wager_end"
        assert [event for event in shown if event not in (None, found[-1])] == []
        assert shown.count(found[-1]) >= TASKS * 3 // 4
    assert sum(coins(playing, ALICE, BOB)) == 1000


def any_end(database: Database, wager_id: int, start: int, number: int) -> Event | None:
    """One of the four ways in which a wager can end, by turns."""
    if number % 4 == 3:
        found = schedule.run_in(database, GUILD, at(start) + timedelta(minutes=60), due.DUE)
        return found[0].event if found else None
    user, way = ((BOB, "accept"), (ALICE, "cancel"), (BOB, "decline"))[number % 4]
    return press(database, start + 10 + number, user, wager_id, way)


def test_coins_spent_between_offer_and_acceptance_are_missed_at_the_acceptance(
    playing: Database,
) -> None:
    give(playing, 2, ALICE, 100)
    give(playing, 3, BOB, 500)
    wager_id = challenge(playing, 4, 100)
    seed = seeds_that(0, 1)[0]
    flip(playing, call(5, ALICE), 1, seed)
    with pytest.raises(Refused, match="cannot play this any more"):
        press(playing, 6, BOB, wager_id, "accept")
    assert coins(playing, ALICE, BOB) == [99, 500]
    ended = press(playing, 7, ALICE, wager_id, "cancel")
    assert isinstance(ended, WagerClosed) and ended.end == "cancelled"


def test_two_wagers_on_the_same_coins_are_not_both_played(playing: Database) -> None:
    give(playing, 2, ALICE, 100)
    give(playing, 3, BOB, 100)
    offers = [challenge(playing, number, 100) for number in (4, 5, 6)]
    ended = at_once(lambda n: press(playing, 10 + n, BOB, offers[n % 3], "accept"))
    played = {event.source_id for event in ended if event is not None}
    assert len(played) == 1
    assert sorted(coins(playing, ALICE, BOB)) == [0, 200]
