"""While the database is away captures wait on disk, and nothing is lost when it comes back."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs
from typer.testing import CliRunner

from bot.cli import app
from bot.gateway.spool import LIMIT, SpoolFull, files, look, open_spool
from events.engine.catalogue import decode
from sql import lake
from tests.support.capturing import capturing, keys
from tests.support.lives import Coming
from tests.unit.gateway import payloads as p

ADD, REMOVE = "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"


@pytest.fixture
def database(database_url: str) -> Iterator[Coming]:
    opened = Coming(database_url)
    with opened:
        yield opened


def sent(wire: Any, *numbers: int) -> None:
    for number in numbers:
        wire.send("MESSAGE_CREATE", p.message(p.MESSAGE + number))


def messages(*numbers: int) -> list[str]:
    return [f"{p.MESSAGE + number}:message_create" for number in numbers]


async def test_what_comes_while_the_database_is_away_follows_in_order(
    database: Coming, tmp_path: Path
) -> None:
    with open_spool(tmp_path) as spool:
        async with capturing(database, spool) as (capture, wire):
            sent(wire, 1)
            await capture.drain()
            database.away = True
            sent(wire, 2, 3)
            await capture.taken()
            sent(wire, 4)
            await capture.taken()
            told = capture.waiting
            assert (told.spooled, told.oldest, look(spool.path).depth) == (3, p.START, 3)
            assert told.age(p.at(90)) == 90
            database.away = False
            sent(wire, 5)
            await capture.drain()
            assert (capture.waiting.spooled, capture.waiting.bytes) == (0, 0)
            sent(wire, 6)
            await capture.drain()
        assert keys(database) == messages(1, 2, 3, 4, 5, 6)


async def test_a_bot_that_starts_while_the_database_is_away_captures(
    database: Coming, tmp_path: Path
) -> None:
    database.away = True
    with open_spool(tmp_path) as spool:
        async with capturing(database, spool) as (capture, wire):
            wire.send("READY", {"guilds": [{"id": str(p.GUILD)}], "shard": [0, 1]})
            wire.send(ADD, p.reaction())
            wire.send(REMOVE, p.reaction())
            wire.send(ADD, p.reaction())
            await capture.taken()
            assert capture.waiting.spooled == 4
            database.away = False
            await capture.drain()
    assert [key[-1] for key in keys(database)] == ["1", "2", "3"]


async def test_a_spool_that_a_dead_process_left_is_drained_first(
    database: Coming, tmp_path: Path
) -> None:
    database.away = True
    with open_spool(tmp_path) as one, open_spool(tmp_path) as two:
        for spool, numbers in ((one, (1, 2)), (two, (3, 4))):
            async with capturing(database, spool) as (capture, wire):
                sent(wire, *numbers)
    with open_spool(tmp_path) as spool:
        async with capturing(database, spool, folder=tmp_path) as (capture, wire):
            sent(wire, 5)
            await capture.taken()
            assert capture.waiting.spooled == 5
            database.away = False
            await capture.drain()
        assert sorted(keys(database)[:4]) == messages(1, 2, 3, 4)
        assert keys(database)[4:] == messages(5)
    assert [look(path).depth for path in files(tmp_path)] == [0, 0]


async def test_a_quarantined_shape_and_who_is_in_voice_wait_as_well(
    database: Coming, tmp_path: Path
) -> None:
    with open_spool(tmp_path) as spool:
        async with capturing(database, spool) as (capture, wire):
            wire.send("VOICE_STATE_UPDATE", p.voice(61, p.ALICE))
            await capture.drain()
            database.away = True
            wire.send("VOICE_STATE_UPDATE", p.voice(61, p.BOB))
            wire.send("MESSAGE_CREATE", p.message(content="secret", type="secret"))
            wire.send("GUILD_CREATE", p.guild(voice_states=[p.voice(62, p.ALICE)]))
            await capture.taken()
            assert all(b"secret" not in path.read_bytes() for path in tmp_path.iterdir())
            database.away = False
            await capture.drain()
    with database.transaction(p.GUILD) as conn:
        events = [decode(row) for row in lake.read(conn, p.GUILD, 0, 100)]
    voice = [(e.event_type, e.user_id) for e in events if e.event_type.startswith("voice_")]
    assert sorted(voice[:2]) == [("voice_join", p.ALICE), ("voice_join", p.BOB)]
    assert sorted(voice[2:4]) == [("voice_leave", p.ALICE), ("voice_leave", p.BOB)]
    assert voice[4:] == [("voice_join", p.ALICE)]


async def test_without_room_it_waits_in_memory_and_then_we_are_blind(
    database: Coming, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = REGISTRY.get_sample_value("tallystick_lost_total", {"reason": "queue_full"}) or 0
    with open_spool(tmp_path) as spool:
        async with capturing(database, spool, capacity=3) as (capture, wire):
            wire.guilds = [SimpleNamespace(id=p.GUILD)]
            sent(wire, 1)
            await capture.drain()
            database.away = True
            monkeypatch.setattr(spool, "_limit", 0)
            with capture_logs() as logs:
                sent(wire, 2)
                while "spool_full" not in {line["event"] for line in logs}:
                    await asyncio.sleep(0)  # until it is in hand, and there is no room for it
                sent(wire, 3, 4, 5, 6, 7)
            assert len(wire.parsed) == 7
            monkeypatch.setattr(spool, "_limit", LIMIT)
            await capture.taken()
            database.away = False
            sent(wire, 8)
            await capture.drain()
    assert keys(database)[:5] == messages(1, 2, 3, 4, 5)
    assert keys(database)[5].startswith("gap:")
    assert keys(database)[6:] == messages(8)
    now = REGISTRY.get_sample_value("tallystick_lost_total", {"reason": "queue_full"})
    assert now == lost + 2


async def test_the_numbers_hold_where_there_is_no_room_to_write_them(
    database: Coming, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full; the database comes back, gives numbers, and goes away before it writes."""

    def full(*_: Any) -> None:
        database.away = True
        raise SpoolFull("full")

    with open_spool(tmp_path) as spool:
        async with capturing(database, spool) as (capture, wire):
            database.away = True
            wire.send(ADD, p.reaction())
            wire.send(REMOVE, p.reaction())
            await capture.taken()
            with monkeypatch.context() as patch, capture_logs() as logs:
                patch.setattr(spool, "replace", full)
                database.away = False
                while "spool_full" not in {line["event"] for line in logs}:
                    await asyncio.sleep(0)
            wire.send(ADD, p.reaction())
            await capture.taken()
            database.away = False
            await capture.drain()
    assert [key[-1] for key in keys(database)] == ["1", "2", "3"]


async def test_when_the_bot_is_stopped_what_waits_is_in_the_spool(
    database: Coming, tmp_path: Path
) -> None:
    with open_spool(tmp_path) as spool:
        async with capturing(database, spool) as (capture, wire):
            database.away = True
            sent(wire, *range(1, 700))
        assert spool.depth == 699
    with open_spool(tmp_path) as spool:
        database.away = False
        async with capturing(database, spool) as (capture, wire):
            await capture.drain()
    assert keys(database) == messages(*range(1, 700))


# The command line.


@pytest.fixture
def call(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Run a command on a fresh database and a folder of its own."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("TALLYSTICK_DATA_DIR", str(tmp_path / "data"))
    return lambda *words: CliRunner().invoke(app, list(words))


async def test_an_operator_brings_a_spool_from_a_dead_host(
    call: Any, database: Coming, tmp_path: Path
) -> None:
    database.away = True
    with open_spool(tmp_path / "dead") as spool:
        async with capturing(database, spool) as (_, wire):
            sent(wire, 1, 2)
            wire.send(ADD, p.reaction())
            wire.send(REMOVE, p.reaction())
        taken = await asyncio.to_thread(call, "spool", "import", str(spool.path))
        assert taken.exit_code == 2 and "A running process has the spool" in taken.output
    database.away = False
    for steps in (4, 0):
        done = await asyncio.to_thread(call, "spool", "import", str(spool.path))
        assert f"{steps} steps are in the log now." in done.output
        assert [key.split(":")[1] for key in keys(database)] == [
            *["message_create"] * 2,
            *["reaction"] * 2,
        ]
    missing = await asyncio.to_thread(call, "spool", "import", str(tmp_path / "none"))
    assert missing.exit_code == 2 and "There is no file" in missing.output


async def test_an_operator_sees_what_waits(call: Any, database: Coming, tmp_path: Path) -> None:
    none = await asyncio.to_thread(call, "spool", "status")
    assert "There is no spool here." in none.output
    database.away = True
    with open_spool(tmp_path / "data" / "spool") as spool:
        async with capturing(database, spool) as (capture, wire):
            sent(wire, 1, 2)
            await capture.taken()
            running = await asyncio.to_thread(call, "spool", "status", "--json")
    assert '"steps": 2' in running.output and '"in_use": true' in running.output
    stopped = await asyncio.to_thread(call, "spool", "status", "--json")
    assert '"oldest": "2026-03-02T09:00:00+00:00"' in stopped.output
    assert '"in_use": false' in stopped.output
