"""What a process tells those who look at it: alive, ready, and everything that it counts."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.background import Background
from bot.health.__main__ import ask as ask_beside
from bot.health.database import look_up
from bot.health.findings import Finding, Part
from bot.health.server import PortTaken, served
from bot.health.sight import Sight
from bot.settings import Settings
from projections.engine.read_model import read_models
from projections.engine.worker import drain
from sql import checkpoints, effects, lake
from sql.migrate import connect
from sql.pool import Database
from tests.support.facts import GUILD, at, message

FOLLOWERS = list(read_models())


class Sick(Part):
    """A part that says of itself what it is told to say."""

    def __init__(self, *, alive: bool = True, ready: bool = True, vital: bool = True) -> None:
        self._alive, self._ready, self._vital = alive, ready, vital
        self.measured = 0

    def alive(self) -> Iterator[Finding]:
        yield Finding("heart", "fine" if self._alive else "wrong", "beats")

    def ready(self) -> Iterable[Finding]:
        return [Finding("hands", "fine" if self._ready else "wrong", "are free", self._vital)]

    def measure(self) -> None:
        self.measured += 1


@asynccontextmanager
async def looked_at(database: Database, *parts: Part, most_lag: float = 300) -> AsyncIterator[Any]:
    """A function that asks a path of a process with these parts: the status and the text."""
    sight = Sight(database, FOLLOWERS, most_lag=most_lag)
    for part in parts:
        sight.add(part)
    async with (
        served(sight, "127.0.0.1", 0) as address,
        aiohttp.ClientSession(address) as session,
    ):

        async def ask(path: str) -> tuple[int, str]:
            async with session.get(path) as response:
                return response.status, await response.text()

        yield ask
    sight.close()


def states(text: str) -> dict[str, str]:
    return {check["what"]: check["state"] for check in json.loads(text)["checks"]}


def samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_a_healthy_process_is_alive_and_ready(database: Database) -> None:
    async with looked_at(database, Sick()) as ask:
        status, text = await ask("/livez")
        assert (status, json.loads(text)["alive"], states(text)) == (200, True, {"heart": "fine"})
        status, text = await ask("/readyz")
        assert (status, json.loads(text)["ready"]) == (200, True)
        expected = ("heart", "hands", "database", "writes", "schema", "lag", "read models")
        assert states(text) == dict.fromkeys(expected, "fine")


async def test_a_part_that_has_ended_is_not_alive(database: Database) -> None:
    async with looked_at(database, Sick(alive=False)) as ask:
        assert (await ask("/livez"))[0] == 503
        assert (await ask("/readyz"))[0] == 503


async def test_a_part_that_is_not_ready_is_alive(database: Database) -> None:
    async with looked_at(database, Sick(ready=False)) as ask:
        assert (await ask("/livez"))[0] == 200
        status, text = await ask("/readyz")
        assert (status, states(text)["hands"]) == (503, "wrong")
    async with looked_at(database, Sick(ready=False, vital=False)) as ask:
        status, text = await ask("/readyz")
        assert (status, states(text)["hands"]) == (200, "wrong")


async def test_threads_that_have_ended_are_not_alive(database: Database) -> None:
    background = Background(database, with_worker=True, with_scheduler=True)
    background.start()
    async with looked_at(database, background) as ask:
        try:
            status, text = await ask("/livez")
            assert (status, set(states(text).values())) == (200, {"fine"})
        finally:
            await asyncio.to_thread(background.stop)
        status, text = await ask("/livez")
        assert (status, set(states(text).values())) == (503, {"wrong"})


async def test_what_waits_too_long_is_not_ready(database: Database) -> None:
    with database.transaction(GUILD) as conn:
        lake.append(conn, [message(1)])
    async with looked_at(database, most_lag=1e-9) as ask:
        status, text = await ask("/readyz")
        assert (status, states(text)["lag"]) == (503, "wrong")
        assert "Is a worker running?" in text
    drain(database)
    async with looked_at(database, most_lag=1e-9) as ask:
        assert (await ask("/readyz"))[0] == 200


async def test_a_read_model_that_stands_still_is_told_and_the_rest_is_ready(
    database: Database,
) -> None:
    with database.transaction(GUILD) as conn:
        lake.append(conn, [message(1)])
    drain(database)
    with database.transaction(GUILD) as conn:
        checkpoints.stop(conn, GUILD, "badges", 1, "ValueError: odd")
    async with looked_at(database) as ask:
        status, text = await ask("/readyz")
        assert (status, states(text)["read models"]) == (200, "wrong")
        counted = samples((await ask("/metrics"))[1])
        assert counted["tallystick_stopped_guilds", "badges"] == 1


async def test_a_database_without_writes_is_not_ready(database: Database) -> None:
    with connect(database.dsn) as conn:
        name = conn.info.dbname
        conn.execute(f"alter database {name} set default_transaction_read_only = on".encode())
    async with looked_at(database) as ask:
        status, text = await ask("/readyz")
        assert status == 503
        assert states(text) == {"database": "fine", "writes": "wrong", "schema": "fine"}


async def test_a_schema_of_another_release_is_not_ready(database: Database) -> None:
    with connect(database.dsn) as conn:
        conn.execute(b"delete from schema_migrations where version = 2")
    async with looked_at(database) as ask:
        status, text = await ask("/readyz")
        assert (status, states(text)["schema"]) == (503, "wrong")


async def test_a_database_that_is_away_is_told_in_time_and_without_secrets() -> None:
    url = "postgresql://somebody:hunter2@127.0.0.1:1/none"
    with Database(url, timeout=0.2) as database:
        async with looked_at(database) as ask:
            status, text = await ask("/readyz")
            assert (status, states(text)) == (503, {"database": "wrong"})
            assert "hunter2" not in text
            status, text = await ask("/metrics")
            assert status == 200 and "tallystick_lag_events{" not in text


async def test_a_database_that_hangs_does_not_hold_up_the_answer(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.health.asking.PATIENCE", 0.05)
    with psycopg.connect(database.dsn) as holder:
        holder.execute("lock table schema_migrations")
        async with looked_at(database) as ask:
            for _ in range(3):  # never more than one question on the way
                status, text = await ask("/readyz")
                assert (status, states(text)) == (503, {"database": "wrong"})
                assert "no answer within" in text
            holder.rollback()


async def test_what_waits_is_measured(database: Database) -> None:
    with database.transaction(GUILD) as conn:
        lake.append(conn, [message(number) for number in range(1, 8)])
        effects.failed(conn, GUILD, "roles", "1", "status 403", at(0), at(60))
    part = Sick()
    async with looked_at(database, part) as ask:
        status, text = await ask("/metrics")
        assert status == 200 and part.measured == 1
        found = samples(text)
        assert found["tallystick_lag_events", "profiles"] == 7
        assert found["tallystick_lag_seconds", "profiles"] > 0
        assert found["tallystick_effects_failed", "roles"] == 1
        assert found["tallystick_pool_connections",] >= 1
        assert found["process_resident_memory_bytes",] > 0


def test_what_waits_is_told_by_follower_over_all_guilds(database: Database) -> None:
    for guild in (GUILD + 1, GUILD):
        with database.transaction(guild) as conn:
            lake.append(conn, [message(number, guild=guild) for number in range(1, 4)])
    with database.transaction(GUILD) as conn:
        checkpoints.take(conn, GUILD, ["badges", "profiles"], wait=True)
        checkpoints.advance(conn, {(GUILD, "badges"): 2})
        checkpoints.stop(conn, GUILD, "profiles", 1, "ValueError: odd")
    badges, profiles = look_up(database, ["badges", "profiles"]).backlogs
    assert (badges.events, badges.stopped, badges.guild_id) == (4, 0, GUILD + 1)
    assert (profiles.events, profiles.stopped, profiles.guild_id) == (3, 1, GUILD + 1)


def test_nothing_waits_in_an_empty_database(database: Database) -> None:
    waiting = look_up(database, ["badges"])
    assert [(one.name, one.events, one.seconds) for one in waiting.backlogs] == [("badges", 0, 0)]
    assert waiting.acts == [type(waiting.acts[0])("notices", 0, 0)]


async def test_a_port_that_is_taken_is_said(database: Database) -> None:
    sight = Sight(database, FOLLOWERS)
    async with served(sight, "127.0.0.1", 0) as address:
        port = int(address.rpartition(":")[2])
        with pytest.raises(PortTaken, match="TALLYSTICK_HEALTH_PORT"):
            async with served(sight, "127.0.0.1", port):
                raise AssertionError
    sight.close()


async def test_the_process_beside_is_asked_as_a_container_does(database: Database) -> None:
    sight, part = Sight(database, FOLLOWERS), Sick(ready=False)
    async with served(sight, "127.0.0.1", 0) as address:
        settings = Settings(health_host="0.0.0.0", health_port=int(address.rpartition(":")[2]))
        ready, said = await asyncio.to_thread(ask_beside, settings)
        assert ready and states(said)["database"] == "fine"
        sight.add(part)
        ready, said = await asyncio.to_thread(ask_beside, settings)
        assert not ready and states(said)["hands"] == "wrong"
    ready, said = await asyncio.to_thread(ask_beside, settings)
    assert not ready and "/readyz" in said
    sight.close()
