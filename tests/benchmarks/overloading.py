"""Ten times more than can be sustained, while members go on asking for things.

Payloads go in where discord.py would bring them, capture, worker and commands share one process and
one database, as in ``python -m bot run``. Commands come at a steady rate and are timed from when
they were due to the first that Discord hears of them.
"""

import asyncio
import resource
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from logging import ERROR
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast

import discord
import structlog

from bot import look, metrics
from bot.answer import Reply, Services, answer
from bot.call import Call
from bot.commands.pay import payment
from bot.crowd import CONNECTIONS, Crowd
from bot.gateway.capture import Capture
from bot.gateway.spool import open_spool
from bot.handle import handle
from bot.runtime import beside
from events.decisions.economy import Member
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.writer import LakeWriter
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.history import START
from tests.benchmarks.paying import PAYERS, purses
from tests.benchmarks.stage import Prepared, Stage, append, is_behind, live_workers
from tests.unit.gateway import payloads

GUILDS = 20
SECONDS = 60
TIMES = 10
TICK = 0.01
COMMANDS = 10
"""A second."""
SAMPLE_SECONDS = 0.5


@dataclass(slots=True)
class Seen:
    """What was seen in the course of one overload."""

    offered: int = 0
    waits: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    lags: list[tuple[float, int]] = field(default_factory=list)
    """Seconds since the beginning, and payloads that were not in the lake yet."""
    memory: list[int] = field(default_factory=list)


_MESSAGE = payloads.message()
_AUTHORS = [payloads.user(1 + n) for n in range(40)]


class _Interaction:
    """Discord's side of one ``/pay``."""

    def __init__(self, services: Services, guild_id: int, number: int, user_id: int) -> None:
        self.client = SimpleNamespace(services=services, is_closed=lambda: False)
        self.response = self
        self.data = {"name": "pay", "type": 1, "options": []}
        self.type = discord.InteractionType.application_command
        self.command = None
        self.message = None
        self.id = snowflake_at(START + timedelta(days=90), number)
        self.guild_id, self.channel_id = guild_id, guild_id * 1000
        self.user = SimpleNamespace(id=user_id)
        self.heard = asyncio.Event()
        self.said = ""

    def is_done(self) -> bool:
        return self.heard.is_set()

    async def send_message(self, *, embed: discord.Embed, **_: Any) -> None:
        self.said = embed.description or ""
        self.heard.set()

    async def defer(self, **_: Any) -> None:
        self.heard.set()

    async def edit_original_response(self, *, embed: discord.Embed, **_: Any) -> None:
        self.said = embed.description or ""


def overload(stage: Stage) -> Iterator[Figure]:
    """Sustain, then overload, then wait until everything is where it belongs."""
    seconds = SECONDS // stage.shorter
    rate = Figure("overload: sustained before", "payloads/s")
    offered = Figure("overload: offered", "payloads/s")
    half = Figure("overload: first word of a command, p50", "ms", 3_000, at_most=True)
    first = Figure("overload: first word of a command, p99", "ms", 3_000, at_most=True)
    ends = Figure("overload: last word of a command, p99", "ms", 3_000, at_most=True)
    worst = Figure("overload: first word of a command, longest", "ms", 3_000, at_most=True)
    undone = Figure("overload: commands told that nothing was done", "", 0, at_most=True)
    grown = Figure("overload: memory grown by", "MB", 300, at_most=True)
    most = Figure("overload: payloads waiting, most", "")
    after = Figure("overload: drained after it", "s")
    dropped = Figure("overload: dropped, and counted", "payloads", 0, at_most=True)
    lost = Figure("overload: neither recorded nor counted", "payloads", 0, at_most=True)
    crowd = Crowd()
    with stage.prepared(2_000, GUILDS) as at, live_workers(at.database, crowd):
        append(at.database, purses(at.histories[0]))
        sustained = asyncio.run(_Overload(at, crowd).sustained(20_000 // stage.shorter))
        rate.add(sustained)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(ERROR))
        one = _Overload(at, crowd)
        asyncio.run(one.run(TIMES * sustained, seconds))
        seen = one.seen
        offered.add(seen.offered / seconds)
        half.add(1000 * percentile(seen.waits, 50))
        first.add(1000 * percentile(seen.waits, 99))
        worst.add(1000 * max(seen.waits))
        ends.add(1000 * percentile(seen.ends, 99))
        grown.add((max(seen.memory) - seen.memory[0]) / 1024)
        most.add(max(waiting for _, waiting in seen.lags))
        after.add(seen.lags[-1][0] - seconds)
        dropped.add(one.dropped)
        lost.add(one.missing)
        undone.add(sum(said != "paid" for said in seen.said))
    yield from (rate, offered, half, first, worst, ends, undone, grown, most, after, dropped, lost)


class _Overload:
    """One bot's capture and commands, on a database with workers."""

    _numbers = count(1)

    def __init__(self, at: Prepared, crowd: Crowd) -> None:
        self._at, self._crowd = at, crowd
        self._database = at.database
        self.seen = Seen()
        self.dropped = self.missing = 0.0

    async def sustained(self, amount: int) -> float:
        """How many payloads a second come all the way into every read model."""
        async with self._running() as (capture, wire, _):
            started = time.perf_counter()
            for number in range(amount):
                self._offer(wire)
                if number % 500 == 0:
                    await asyncio.sleep(0)
            await capture.drain()
            while await asyncio.to_thread(is_behind, self._database):
                await asyncio.sleep(0.02)
            return amount / (time.perf_counter() - started)

    async def run(self, rate: float, seconds: float) -> None:
        """Offer ``rate`` payloads a second for so many seconds, then wait for the end of it."""
        before, lost = self._accounted(), _lost()
        async with self._running() as (capture, wire, services):
            started = time.perf_counter()
            watching = asyncio.create_task(self._watch(started, before))
            asking = [
                asyncio.create_task(self._ask(services, started + number / COMMANDS))
                for number in range(int(seconds * COMMANDS))
            ]
            while (gone := time.perf_counter() - started) < seconds:
                for _ in range(int(rate * gone) - self.seen.offered):
                    self._offer(wire)
                    self.seen.offered += 1
                    if time.perf_counter() - started > gone + TICK:
                        break  # a loop that is kept from its other work reads no faster either
                await asyncio.sleep(0)
            await asyncio.gather(*asking)
            await capture.drain()
            while await asyncio.to_thread(is_behind, self._database):
                await asyncio.sleep(0.02)
            watching.cancel()
            self._sample(started, before)
        self.dropped = _lost() - lost
        self.missing = self.seen.offered - (self._accounted() - before)

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[tuple[Capture, Any, Services]]:
        writer = LakeWriter(self._database, around=beside(self._crowd))
        wire = payloads.Wire()
        with (
            TemporaryDirectory() as folder,
            open_spool(Path(folder)) as spool,
            self._database.beside(CONNECTIONS) as desk,
        ):
            capture = Capture(self._database, writer, spool)
            capture.install(cast(Any, wire))
            await capture.start()
            services = Services(desk, writer, crowd=self._crowd)
            yield capture, wire, services
            await capture.stop()
            await asyncio.to_thread(writer.close)

    def _offer(self, wire: Any) -> None:
        """One message; half of all are in one guild."""
        number = next(self._numbers)
        histories = self._at.histories
        history = histories[0 if number % 2 else number // 2 % len(histories)]
        moment = START + timedelta(days=60, milliseconds=100 * number)
        told = _MESSAGE | {
            "id": str(snowflake_at(moment, number)),
            "guild_id": str(history.guild_id),
            "channel_id": str(history.guild_id * 1000),
            "author": _AUTHORS[number % len(_AUTHORS)],
            "timestamp": moment.isoformat(),
        }
        wire._connection.parsers["MESSAGE_CREATE"](told)

    def _accounted(self) -> float:
        """Messages in the lake, and what was counted as lost."""
        recorded: float = metrics.RECORDED.labels("message_create")._value.get()
        return recorded + _lost()

    async def _watch(self, started: float, before: float) -> None:
        while True:
            self._sample(started, before)
            await asyncio.sleep(SAMPLE_SECONDS)

    def _sample(self, started: float, before: float) -> None:
        waiting = self.seen.offered - int(self._accounted() - before)
        self.seen.lags.append((time.perf_counter() - started, waiting))
        self.seen.memory.append(_resident())

    async def _ask(self, services: Services, due: float) -> None:
        """One ``/pay`` in the busiest guild, asked for when it is due."""
        await asyncio.sleep(max(0, due - time.perf_counter()))
        history, number = self._at.histories[0], next(self._numbers)
        payer, payee = (history.members[(number + n) % PAYERS] for n in (0, 1))
        interaction = _Interaction(services, history.guild_id, number, payer)

        async def work(services: Services, call: Call) -> Reply:
            def decide(conn: Connection) -> list[Event]:
                coin = rules_now(conn, call.asked.guild_id).currencies.usable(None)
                to = Member(payee, is_bot=False, present=True)
                return [payment(conn, call.asked, to, 1, coin)]

            await services.work(
                handle,
                services.database,
                call,
                reads=["accounts"],
                decide=decide,
                show=lambda conn, facts: None,
            )
            return Reply(look.note("paid"), recorded=True)

        answering = asyncio.create_task(answer(cast(Any, interaction), work))
        hearing = asyncio.create_task(interaction.heard.wait())
        await asyncio.wait({answering, hearing}, return_when=asyncio.FIRST_COMPLETED)
        hearing.cancel()
        self.seen.waits.append(time.perf_counter() - due)
        await answering
        self.seen.ends.append(time.perf_counter() - due)
        self.seen.said.append(interaction.said)


def _lost() -> float:
    """What was counted as lost, for whatever reason."""
    samples = (sample for metric in metrics.LOST.collect() for sample in metric.samples)
    return sum(sample.value for sample in samples if sample.name.endswith("_total"))


def _resident() -> int:
    """Kilobytes of this process in memory."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() // 1024
