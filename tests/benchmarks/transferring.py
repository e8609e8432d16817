"""How many transfers a second the whole way of a command makes, and postings in bulk."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import count
from queue import SimpleQueue

from events.ledger import MINT, Posting, bank
from events.upkeep import InterestPaid
from projections.engine.worker import drain
from sql.pool import Connection, Database
from tests.benchmarks.figures import Figure, share
from tests.benchmarks.history import START, Draft, History
from tests.benchmarks.paying import pay, purses
from tests.benchmarks.stage import Stage, append, plain, reference

CONNECTIONS = 8
GUILDS = 64
MEMBERS = 128
"""Who ask at the same time, where many do: more than there are connections."""
PAIRS = 150
BARE = "a transaction of two updates and a two-row insert"
ONE_STATEMENT = "the same in one statement"
_POSITIONS = count(1)
POSTINGS = 200
"""In one event."""


def transfers(stage: Stage) -> Iterator[Figure]:
    """Decide, append, fold, commit: by one, by many in many guilds, by many in one guild."""
    one = Figure("transfers, one connection", "a second")
    many = Figure("transfers, 8 connections", "a second", 1_500, reference=BARE)
    strict = Figure("transfers, 8 connections", "a second", 1_500, reference=ONE_STATEMENT)
    hot = Figure("transfers, 8 in one guild", "a second")
    payments = 3_000 // stage.shorter
    with stage.prepared(4_000 // stage.shorter, GUILDS) as at, ExitStack() as stack:
        free: SimpleQueue[Connection] = SimpleQueue()
        for _ in range(CONNECTIONS):
            conn = stack.enter_context(plain(at.database))
            free.put(conn)
        for name in ("make_bare_accounts", "make_bare_entries", "fill_bare_accounts"):
            conn.execute(reference(name))
        for history in at.histories:
            append(at.database, purses(history))
        drain(at.database)
        pool = stack.enter_context(Database(at.database.dsn, max_size=CONNECTIONS))
        own, in_one = partial(_pay, pool, at.histories), partial(_pay, pool, at.histories[:1])
        _rate(own, range(10**7, 10**7 + payments // 10), MEMBERS)  # connected, prepared
        for turn in range(stage.rounds):
            numbers = range(turn * 3 * payments, (turn * 3 + 3) * payments)
            one.add(_rate(own, numbers[: payments // 4], 1))
            rate = _rate(own, numbers[payments : 2 * payments], MEMBERS)
            many.add(rate, _rate(partial(_bare, free), range(payments), CONNECTIONS))
            strict.add(rate, _rate(partial(_at_once, free), range(payments), CONNECTIONS))
            hot.add(_rate(in_one, numbers[2 * payments : 2 * payments + payments // 2], MEMBERS))
    yield from (one, many, share(many, "transfers, of the bare ones", 50))
    yield from (strict, share(strict, "transfers, of those in one statement"), hot)


def many_postings(stage: Stage) -> Iterator[Figure]:
    """Interest for everybody: two hundred members an event, appended and folded."""
    rate = Figure("postings in bulk", "a second", 20_000)
    with stage.prepared(2_000 // stage.shorter, 1) as at:
        drain(at.database)
        for turn in range(stage.rounds):
            events = 200 // stage.shorter
            started = time.perf_counter()
            append(at.database, _interest(at.histories[0].guild_id, turn, events))
            drain(at.database)
            rate.add(events * POSTINGS / (time.perf_counter() - started))
    yield rate


def _rate(work: Callable[[int], object], numbers: range, connections: int) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(work, numbers))
    return len(numbers) / (time.perf_counter() - started)


def _pay(database: Database, histories: list[History], number: int) -> None:
    pay(database, histories[number % len(histories)], number)


def _bare(free: SimpleQueue[Connection], number: int) -> None:
    conn = free.get()
    with conn.transaction():
        for statement in ("take", "give", "enter"):
            conn.execute(reference(statement), _bare_parameters(number))
    free.put(conn)


def _at_once(free: SimpleQueue[Connection], number: int) -> None:
    conn = free.get()
    conn.execute(reference("transfer"), _bare_parameters(number))
    free.put(conn)


def _bare_parameters(number: int) -> dict[str, object]:
    """Pairs of their own, so that nobody waits for another's row."""
    payer = 1 + 2 * (number % PAIRS)
    return {
        "payer": f"wallet:{payer}",
        "payee": f"wallet:{payer + 1}",
        "amount": 1,
        "position": next(_POSITIONS),
    }


def _interest(guild_id: int, turn: int, events: int) -> Iterator[Draft]:
    for number in range(events):
        members = range(100_000 + number * POSTINGS, 100_000 + (number + 1) * POSTINGS)
        paid = [Posting(account=bank(member), amount=5) for member in members]
        yield (
            InterestPaid,
            {
                "guild_id": guild_id,
                "source_id": f"2030-W{turn:02}:interest:{number}",
                "occurred_at": START,
                "period": f"2030-W{turn:02}",
                "chunk": number,
                "rate": 100,
                "postings": [Posting(account=MINT, amount=-5 * POSTINGS), *paid],
            },
        )
