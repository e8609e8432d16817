"""What a process says of its connection to Discord and of its tasks."""

import asyncio
from math import inf
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from prometheus_client import REGISTRY

from bot.health.gateway import Gateway
from bot.health.running import Tasks


class Client:
    """Discord's client with two shards."""

    def __init__(self, *open_shards: int, ready: bool = True) -> None:
        self.shards = {n: self._shard(n in open_shards) for n in range(2)}
        self.guilds = [1, 2, 3]
        self.limits: list[Any] = [
            discord.shard.SessionStartLimits(
                total=1000, remaining=7, reset_after=90_000, max_concurrency=1
            )
        ]
        self.asked = asyncio.Event()
        self._ready = ready

    def _shard(self, is_open: bool) -> Any:
        latency = 0.125 if is_open else inf
        return SimpleNamespace(is_closed=lambda: not is_open, latency=latency)

    def is_ready(self) -> bool:
        return self._ready

    async def fetch_session_start_limits(self) -> Any:
        if not self.limits:
            self.asked.set()
            raise TimeoutError
        return self.limits.pop()


def gateway(*open_shards: int, ready: bool = True) -> tuple[Client, Gateway]:
    client = Client(*open_shards, ready=ready)
    return client, Gateway(client)  # type: ignore[arg-type]


def states(part: Gateway) -> dict[str, str]:
    return {finding.what: finding.state for finding in part.ready()}


def sample(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"tallystick_{name}", labels)


async def test_each_shard_is_asked_whether_it_is_connected() -> None:
    assert states(gateway(0, 1)[1]) == {"shard 0": "fine", "shard 1": "fine"}
    assert states(gateway(0)[1]) == {"shard 0": "fine", "shard 1": "wrong"}


async def test_it_is_not_ready_before_discord_has_told_of_the_servers() -> None:
    assert states(gateway(0, 1, ready=False)[1])["gateway"] == "wrong"


async def test_shards_are_measured_and_an_unknown_latency_is_not_shown() -> None:
    gateway(0)[1].measure()
    assert sample("guilds") == 3
    assert [sample("gateway_connected", shard=n) for n in "01"] == [1, 0]
    assert [sample("gateway_heartbeat_seconds", shard=n) for n in "01"] == [0.125, None]


async def test_how_often_we_may_begin_anew_is_asked_until_discord_says_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.health.gateway.SECONDS", 0)
    monkeypatch.setattr("bot.health.gateway.START_SECONDS", 0)
    client, part = gateway(0, 1, ready=False)
    task = asyncio.create_task(part.run())
    await asyncio.sleep(0)
    client.is_ready = lambda: True  # type: ignore[method-assign]
    await client.asked.wait()
    assert (sample("identify_remaining"), sample("identify_reset_seconds")) == (7, 90)
    assert not task.done()
    task.cancel()


async def test_a_task_that_has_ended_is_not_alive() -> None:
    async def fail() -> None:
        raise ValueError

    async def go_on() -> None:
        await asyncio.Event().wait()

    tasks = [asyncio.create_task(fail(), name="fail"), asyncio.create_task(go_on(), name="go on")]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    found = {finding.what: finding.state for finding in Tasks(tasks).alive()}
    assert found == {"fail": "wrong", "go on": "fine"}
    tasks[1].cancel()
    assert isinstance(tasks[0].exception(), ValueError)
