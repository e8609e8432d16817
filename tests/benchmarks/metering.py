"""What it costs to count and measure: the same work with the metrics on and scraped, and off.

Compared by the processor's time of this process, in pairs next to each other: a share of some
percent cannot be seen in the time on the wall of a machine that does other things as well.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import count
from typing import Any, Final
from unittest.mock import patch

import prometheus_client
from prometheus_client.metrics import MetricWrapperBase

from bot import metrics
from bot.gateway.capture import Capture
from bot.health.sight import Sight
from events.engine.snowflake import snowflake_at
from projections.engine.read_model import read_models
from projections.engine.worker import drain
from sql.pool import Database
from sql.writer import LakeWriter
from tests.benchmarks.figures import Figure
from tests.benchmarks.history import START
from tests.benchmarks.paying import pay, purses
from tests.benchmarks.stage import Stage, append, prepared_aside
from tests.unit.gateway import payloads

SCRAPED_EVERY: Final = 15.0
"""Seconds of a processor that is busy all the time; Prometheus itself says 60."""
CAPTURED: Final = 8_000
PAID: Final = 400
PAIRS: Final = 5
PAYLOADS: Final = 250
"""Those that come in at a time."""
GUILDS: Final = 50
USERS: Final = 200

Work = Callable[[int], Awaitable[None]]


def metering(stage: Stage) -> Iterator[Figure]:
    """Capture to the lake, and payments: how much of the work is counting."""
    capture = Figure("metrics, share of capture", "% of CPU", 3, at_most=True)
    commands = Figure("metrics, share of commands", "% of CPU", 3, at_most=True)
    with stage.database() as database:
        asyncio.run(_captured(database, capture, stage.rounds * PAIRS, CAPTURED // stage.shorter))
    with stage.prepared(2_000, 2) as at:
        append(at.database, purses(at.histories[0]))
        drain(at.database)

        async def one(number: int) -> None:
            await asyncio.to_thread(pay, at.database, at.histories[0], number)

        asyncio.run(_pairs(at.database, one, commands, stage.rounds * PAIRS, PAID // stage.shorter))
    yield from (capture, commands)


async def _captured(database: Database, figure: Figure, pairs: int, events: int) -> None:
    """Payloads through the wrapped parsers, by the way of recorder and writer, to the lake."""
    writer, wire = LakeWriter(database, around=metrics.writing), payloads.Wire()
    capture = Capture(database, writer)
    capture.install(wire)  # type: ignore[arg-type]
    await capture.start()

    async def some(number: int) -> None:
        for other in range(PAYLOADS):
            wire.send(*_payload(number * PAYLOADS + other))
        await capture.drain()

    await _pairs(database, some, figure, pairs, max(1, events // PAYLOADS))
    await capture.stop()
    writer.close()


def _payload(number: int) -> tuple[str, dict[str, Any]]:
    guild, user = 1 + number % GUILDS, payloads.user(1_000 + number % USERS)
    place = {"guild_id": str(guild), "channel_id": str(1_000_000 + guild)}
    message_id = snowflake_at(START, number)
    if number % 4:
        return "MESSAGE_CREATE", payloads.message(message_id, author=user, **place)
    more: dict[str, Any] = {"message_id": str(message_id), "message_author_id": "7", **place}
    more["member"] = payloads.member(user=user)
    return "MESSAGE_REACTION_ADD", payloads.reaction(int(user["id"]), **more)


async def _pairs(database: Database, work: Work, figure: Figure, pairs: int, times: int) -> None:
    """Do the work with and without in turns, each for a moment, so that whatever else the machine
    does meets both alike; and add what it costs to look at it all now and then."""
    numbers = count()
    for _ in range(times):  # everything is imported, planned and cached once
        await work(next(numbers))
    for pair in range(pairs):
        spent = {True: 0.0, False: 0.0}
        with prepared_aside():
            for turn in range(2 * times):
                counting = (turn + pair) % 2 == 0
                with nullcontext() if counting else _switched_off():
                    started = time.process_time()
                    await work(next(numbers))
                    spent[counting] += time.process_time() - started
        share = spent[True] / spent[False] - 1 + await _scrape(database) / SCRAPED_EVERY
        figure.add(100 * share)


async def _scrape(database: Database) -> float:
    """The processor's seconds for looking at everything that is counted, with nothing at hand."""
    sight = Sight(database, list(read_models()))
    started = time.process_time()
    await sight.metrics()
    spent = time.process_time() - started
    sight.close()
    return spent


@contextmanager
def _switched_off() -> Iterator[None]:
    """Nothing is counted: each call does as little as a call can."""

    def nothing(*_: object) -> None:
        """Not counted."""

    with (
        patch.object(MetricWrapperBase, "labels", lambda metric, *_: metric),
        patch.object(prometheus_client.Counter, "inc", nothing),
        patch.object(prometheus_client.Gauge, "set", nothing),
        patch.object(prometheus_client.Histogram, "observe", nothing),
    ):
        yield
