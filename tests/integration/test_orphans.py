"""What a process leaves that dies, or stops, while another one is at work and the database is away.

Its spool is taken over by who is at work; what it tells of switches that were thrown since is old.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.gateway.capture import Capture
from bot.gateway.spool import Spool, files, look, open_spool
from events.engine.catalogue import decode
from events.engine.event import Event
from sql import lake
from tests.support.capturing import capturing, keys
from tests.support.lives import Coming
from tests.unit.gateway import payloads as p

ADD, REMOVE, VOICE = "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE", "VOICE_STATE_UPDATE"


class Clock:
    """Seconds since the payloads' beginning, set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> datetime:
        return p.at(self.now)


@pytest.fixture
def database(database_url: str) -> Iterator[Coming]:
    opened = Coming(database_url)
    with opened:
        yield opened


def recorded(database: Coming) -> list[Event]:
    with database.transaction(p.GUILD) as conn:
        return [decode(row) for row in lake.read(conn, p.GUILD, 0, 1000)]


@asynccontextmanager
async def at_work(database: Coming, folder: Path) -> AsyncIterator[tuple[Clock, Capture, Any]]:
    """A process that captures and looks for orphans: its clock, and a wire into it."""
    clock = Clock()
    with open_spool(folder) as spool:
        async with capturing(database, spool, clock=clock, folder=folder, find=0.02) as pair:
            yield clock, *pair


async def left_behind(database: Coming, folder: Path, *told: tuple[float, str, Any]) -> None:
    """A process of its own sees all this, each at its second, while the database is away, and
    stops."""
    clock, database.away = Clock(), True
    with open_spool(folder) as spool:
        async with capturing(database, spool, clock=clock) as (_, wire):
            for clock.now, name, data in told:
                wire.send(name, data)
    database.away = False


async def adopted(folder: Path) -> None:
    """Wait until nothing is in any spool."""
    while any(look(path).depth for path in files(folder)):
        await asyncio.sleep(0.01)


async def test_a_bot_at_work_drains_the_spool_of_one_that_was_stopped(
    database: Coming, tmp_path: Path
) -> None:
    """bug: after a rolling deploy with the database away it waited for the next start."""
    with open_spool(tmp_path) as spool:
        async with capturing(database, spool, folder=tmp_path, find=0.02) as (capture, wire):
            wire.send("MESSAGE_CREATE", p.message(1))
            await capture.drain()
            await left_behind(
                database,
                tmp_path,
                (0, "MESSAGE_CREATE", p.message(2)),
                (1, ADD, p.reaction()),
            )
            await adopted(tmp_path)
            wire.send("MESSAGE_CREATE", p.message(3))
            await capture.drain()
    assert [key.split(":")[:2] for key in keys(database)] == [
        ["1", "message_create"],
        ["2", "message_create"],
        [str(p.MESSAGE), "reaction"],
        ["3", "message_create"],
    ]


async def test_what_both_saw_while_the_database_was_away_is_one_fact(
    database: Coming, tmp_path: Path
) -> None:
    """bug: switches were thrown twice, once by each of two processes that overlapped."""
    seen = [(1, ADD), (2, REMOVE), (3, ADD)]
    async with at_work(database, tmp_path) as (clock, capture, wire):
        database.away = True
        for clock.now, name in seen:
            wire.send(name, p.reaction())
        await capture.taken()
        await left_behind(
            database, tmp_path, *((at - 0.1, name, p.reaction()) for at, name in seen)
        )
        await adopted(tmp_path)
        await capture.drain()
    assert [key[-1] for key in keys(database)] == ["1", "2", "3"]


async def test_a_switch_that_was_thrown_since_is_not_thrown_back(
    database: Coming, tmp_path: Path
) -> None:
    async with at_work(database, tmp_path) as (clock, capture, wire):
        for clock.now, name in ((1, ADD), (9, REMOVE)):
            wire.send(name, p.reaction())
            wire.send(VOICE, p.voice(61 if name == ADD else None))
        await capture.drain()
        await left_behind(
            database,
            tmp_path,
            (5, ADD, p.reaction()),
            (5, VOICE, p.voice(62)),
            (5, ADD, p.reaction(p.BOB)),
        )
        await adopted(tmp_path)
    told = [(e.event_type, e.user_id) for e in recorded(database)]
    assert told == [
        ("reaction_add", p.ALICE),
        ("voice_join", p.ALICE),
        ("reaction_remove", p.ALICE),
        ("voice_leave", p.ALICE),
        ("reaction_add", p.BOB),
    ]


async def test_a_roll_that_a_dead_process_called_ends_nobodys_stay(
    database: Coming, tmp_path: Path
) -> None:
    async with at_work(database, tmp_path) as (clock, capture, wire):
        clock.now = 10
        wire.send("READY", {"guilds": [{"id": str(p.GUILD)}], "shard": [0, 1]})
        wire.send("GUILD_CREATE", p.guild(voice_states=[p.voice(61)]))
        await capture.drain()
        await left_behind(
            database,
            tmp_path,
            (4, "READY", {"guilds": [{"id": str(p.GUILD)}], "shard": [0, 1]}),
            (5, "GUILD_CREATE", p.guild(voice_states=[p.voice(62, p.BOB)])),
        )
        await adopted(tmp_path)
        clock.now = 12
        capture.note()
        await capture.drain()
    voice = [(e.event_type, e.user_id) for e in recorded(database) if "voice" in e.event_type]
    assert voice == [("voice_join", p.ALICE)]
    assert not [e for e in recorded(database) if e.event_type == "gap_recorded"]


async def test_the_second_copy_of_a_spool_tells_nothing_anew(
    database: Coming, tmp_path: Path
) -> None:
    await left_behind(
        database,
        tmp_path / "one",
        *((at, name, p.reaction()) for at, name in ((1, ADD), (2, REMOVE), (3, ADD))),
        *((at, VOICE, p.voice(channel)) for at, channel in ((4, 61), (5, None), (6, 61))),
    )
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    once = None
    for folder in ("one", "two"):
        with Spool() as own:
            async with capturing(database, own, folder=tmp_path / folder) as (capture, _):
                await capture.drain()
        once = once or keys(database)
    assert keys(database) == once and len(once or ()) == 6
