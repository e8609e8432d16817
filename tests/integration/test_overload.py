"""Overload: commands come first, whatever else goes on, and every queue has an end."""

import asyncio
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from bot import automation, look, runtime
from bot.answer import Reply, Services, answer
from bot.call import Call
from bot.crowd import TURN, Crowd, Crowded
from bot.gateway.capture import Capture
from bot.gateway.spool import open_spool
from bot.gateway.steps import Step
from bot.handle import act, handle
from bot.settings import Settings
from events.decisions.asked import Asked
from events.engine.snowflake import snowflake_at
from events.messages import MessageCreated
from projections.engine.read_model import named
from sql import lake
from sql.errors import DatabaseUnreachable
from sql.pool import Database
from sql.writer import LakeWriter
from tests.support.facts import GUILD, at, message
from tests.unit.gateway import payloads as p
from tests.unit.test_answer import FakeInteraction

PROFILES = named("profiles")


async def test_no_more_commands_are_let_in_than_there_is_room_for() -> None:
    crowd = Crowd(threads=1, most=2)
    with crowd.admitted(), crowd.admitted():
        assert crowd.under_way == 2
        with pytest.raises(Crowded, match="2 commands"), crowd.admitted():
            pass
    with crowd.admitted():
        assert await crowd.work(threading.current_thread) is not threading.current_thread()
    assert crowd.under_way == 0
    crowd.close()


async def test_who_comes_when_it_is_full_is_told_so_at_once_and_counted() -> None:
    interaction = FakeInteraction()
    crowd, left = Crowd(most=1), asyncio.Event()
    interaction.client.services = Services(cast(Any, None), cast(Any, interaction), crowd=crowd)
    other = FakeInteraction(patience=60)
    other.client.services = interaction.client.services

    async def waits(services: Services, call: Call) -> Reply:
        await left.wait()
        return Reply(look.note("done"), recorded=True)

    first = asyncio.create_task(answer(cast(Any, other), waits))
    await asyncio.sleep(0)
    while not crowd.under_way:
        await asyncio.sleep(0)
    await answer(cast(Any, interaction), waits)
    ((_, shown),) = interaction.sent
    assert "More is asked of me right now" in shown["embed"].description
    left.set()
    await first
    assert "done" in str(other.sent[-1][1]["embed"].description)
    crowd.close()


async def test_commands_have_threads_of_their_own() -> None:
    """bug: effects and capture had the same few threads, and a command waited for one of them."""
    loop, hold = asyncio.get_running_loop(), threading.Event()
    loop.set_default_executor(ThreadPoolExecutor(1))
    busy = asyncio.create_task(asyncio.to_thread(hold.wait))
    crowd = Crowd()
    assert await crowd.work(lambda: "done") == "done"
    assert not busy.done()
    hold.set()
    await busy
    crowd.close()


def test_whoever_runs_takes_short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """bug: a command waited for Python five milliseconds and more after each of its statements
    while the event loop was busy with payloads: over a second in all."""

    def away(*_: object, **__: object) -> None:
        raise DatabaseUnreachable("away")

    monkeypatch.setattr(runtime, "open_database", away)
    before = sys.getswitchinterval()
    try:
        with pytest.raises(DatabaseUnreachable):
            runtime.run(Settings(), "worker")
        assert sys.getswitchinterval() == pytest.approx(TURN)
    finally:
        sys.setswitchinterval(before)


async def test_what_works_beside_commands_gives_way_to_them_for_a_moment() -> None:
    crowd = Crowd()
    crowd.give_way(600)  # nobody is there
    with ThreadPoolExecutor(1) as pool, crowd.admitted():
        with crowd.admitted():
            pass
        waits = pool.submit(crowd.give_way, 600)
        await asyncio.to_thread(crowd.give_way, 0.01)  # one is still there, but time is up
        assert not waits.done()
    assert waits.done()


async def test_what_comes_faster_than_it_is_recorded_waits_on_disk_and_in_order(
    database: Database, tmp_path: Path
) -> None:
    """bug: it went there in pages as small as those that are recorded, each of which waited for
    some turns of a loop that was busy taking in more: it came faster than it was spooled."""
    writer = LakeWriter(database)
    with open_spool(tmp_path) as spool:
        capture = Capture(database, writer, spool, clock=lambda: p.START, capacity=20)
        wire: Any = p.Wire()
        capture.install(wire)
        for number in range(20):  # nothing is taken out of the queue in between
            wire.send("MESSAGE_CREATE", p.message(p.MESSAGE + number))
        assert capture.waiting.queued == 20
        spooled, append = list[int](), spool.append

        def noted(steps: Sequence[Step], now: datetime) -> None:
            spooled.append(len(steps))
            append(steps, now)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bot.gateway.capture.PAGE", 5)
            patch.setattr(spool, "append", noted)
            await capture.start()
            await capture.taken()
            assert spooled == [20]  # many together, however small a page is that is recorded
            await capture.drain()
        assert capture.waiting.spooled == 0
        await capture.stop()
    writer.close()
    with database.transaction(p.GUILD) as conn:
        found = [row.source_id for row in lake.read(conn, p.GUILD, 0, 100)]
    assert found == [f"{p.MESSAGE + number}:message_create" for number in range(20)]


def test_commands_have_connections_of_their_own(database_url: str) -> None:
    with (
        Database(database_url, max_size=1) as database,
        database.beside(1) as desk,
        database.transaction(GUILD),
    ):
        assert (database.use().open, database.use().idle) == (1, 0)
        with desk.transaction(GUILD) as conn:
            assert conn.execute("select 1").fetchone() == (1,)


@pytest.mark.parametrize("who", ["act", "automation", "command"])
def test_a_backlog_is_folded_before_the_stream_is_held(
    database: Database, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """bug: who locked a guild's stream folded the whole backlog under it, and all who wanted to
    write there waited for that."""
    with database.transaction(GUILD) as conn:
        lake.append(conn, [message(n, seconds=60 * n) for n in range(1, 120)])
    real, free = PROFILES.handles[MessageCreated], set[bool]()

    def fold(event: MessageCreated, to: Any) -> None:
        if event.message_id == 1:
            with database.transaction(GUILD) as other:
                free.add(GUILD in lake.lock(other, [GUILD], wait=False))
        real(event, to)

    monkeypatch.setitem(PROFILES._folds, cast(Any, MessageCreated), fold)
    ways: dict[str, Callable[[], Any]] = {
        "act": lambda: act(database, GUILD, reads=["profiles"], decide=lambda conn: []),
        "automation": lambda: automation.run_once(database),
        "command": lambda: command(database),
    }
    ways[who]()
    assert free == {True}


def command(database: Database) -> None:
    call = Call(Asked(GUILD, snowflake_at(at(9), 9), 2001, 700), "slash", "profile")
    handle(
        database,
        call,
        reads=["profiles"],
        decide=lambda conn: [],
        show=lambda conn, facts: None,
    )
