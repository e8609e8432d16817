"""How long ``/pay`` takes while the community goes on talking and the worker folds beside it."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain, islice

from bot.commands.pay import payment
from bot.handle import Call, handle
from events.decisions import economy
from events.decisions.asked import Asked
from events.economy import PaymentMade
from events.engine.snowflake import snowflake_at
from projections.engine.ruling import rules_now
from projections.engine.worker import drain
from sql.pool import Connection, Database
from sql.writer import LakeWriter
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.history import START, Draft, History
from tests.benchmarks.stage import (
    Prepared,
    Stage,
    append,
    plain,
    prepared_aside,
    reference,
    worker_process,
)

CAPTURED = 1_000
"""Events a second beside the payments."""
TICK = 0.01
PAUSE = 0.01
PAYERS = 20


def payments(stage: Stage) -> Iterator[Figure]:
    """Decide, append, fold, commit: the whole of ``handle``, in the busiest guild."""
    wait = Figure("/pay p99 under load", "ms", 25, at_most=True, reference="bare SQL")
    count = 500 // stage.shorter
    with stage.prepared(20_000 // stage.shorter, 10) as at, plain(at.database) as conn:
        for name in ("make_bare_accounts", "make_bare_entries", "fill_bare_accounts"):
            conn.execute(reference(name))
        append(at.database, purses(at.histories[0]))
        drain(at.database)
        told = chain(at.more(100_000 // stage.shorter), _endless(at))
        for turn in range(stage.rounds):
            with prepared_aside(), worker_process(at.database), _capture(at.database, told):
                time.sleep(0.5)
                waits = [_both(at, conn, turn * count + n) for n in range(count)]
            ours, plains = zip(*waits, strict=True)
            wait.add(1000 * percentile(ours, 99), 1000 * percentile(plains, 99))
    yield wait


def purses(history: History) -> Iterator[Draft]:
    """Coins for everybody who pays in a guild."""
    for number in range(PAYERS):
        yield history.purse(history.members[number], 1_000_000)


def _both(at: Prepared, conn: Connection, number: int) -> tuple[float, float]:
    """One payment by the bot's way and one in plain SQL; the seconds of each."""
    ours = pay(at.database, at.histories[0], number)
    time.sleep(PAUSE)
    parameters = {
        "payer": f"wallet:{1 + number % PAYERS}",
        "payee": f"wallet:{1 + (number + 1) % PAYERS}",
        "amount": 1,
        "position": number,
    }
    started = time.perf_counter()
    conn.execute(reference("transfer"), parameters)
    plains = time.perf_counter() - started
    time.sleep(PAUSE)
    return ours, plains


def pay(database: Database, history: History, number: int) -> float:
    """The whole of ``handle`` for the ``number``-th payment in a guild; the seconds it took."""
    payer = history.members[number % PAYERS]
    payee = economy.Member(history.members[(number + 1) % PAYERS], is_bot=False, present=True)
    interaction = snowflake_at(START + timedelta(days=80), number)
    asked = Asked(history.guild_id, interaction, payer, history.guild_id * 1000)
    call = Call(asked, "slash", "pay", {"member": payee.user_id, "amount": 1})

    def decide(conn: Connection) -> list[PaymentMade]:
        rules = rules_now(conn, asked.guild_id)
        coin = rules.currencies.usable(None)
        assert rules.number("pay_confirm_above") > 1
        return [payment(conn, asked, payee, 1, coin)]

    started = time.perf_counter()
    handle(
        database,
        call,
        reads=["accounts"],
        decide=decide,
        show=lambda conn, _: rules_now(conn, asked.guild_id).currencies.meant(None),
    )
    return time.perf_counter() - started


@contextmanager
def _capture(database: Database, drafts: Iterator[Draft]) -> Iterator[None]:
    """Write ``drafts`` at a steady rate from an event loop of its own, as the gateway would."""
    stop = threading.Event()

    async def run() -> None:
        writer = LakeWriter(database)
        tasks: set[asyncio.Task[object]] = set()
        started, sent = time.perf_counter(), 0
        while not stop.is_set():
            due = int((time.perf_counter() - started) * CAPTURED)
            for cls, fields in islice(drafts, due - sent):
                task = asyncio.ensure_future(writer.write(cls(**fields)))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            sent = due
            await asyncio.sleep(TICK)
        await asyncio.gather(*tasks)
        await asyncio.to_thread(writer.close)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _endless(at: Prepared) -> Iterator[Draft]:
    """What goes on happening; nothing of it may be left out, since payments follow from awards."""
    while True:
        yield from at.more(1000)
