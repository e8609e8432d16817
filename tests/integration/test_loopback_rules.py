"""What Discord does not let a bot do, and how the loopback Discord says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord as library
import pytest

from tests.support.connected import online
from tests.support.discord import Loopback, Terms, faults
from tests.support.meeting import community


def quiet() -> library.AutoShardedClient:
    """A client that does nothing by itself."""
    return library.AutoShardedClient(intents=library.Intents.default())


def command(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "description": "something", "type": 1, **more}


@pytest.mark.parametrize(
    "commands",
    [
        [command(f"one-{n}") for n in range(101)],
        [command("Two Words")],
        [command("one", description="")],
        [command("one", description="x" * 101)],
        [command("one", options=[command(f"option-{n}", type=3) for n in range(26)])],
        [command("one", options=[command("two", type=3, choices=[{"name": "", "value": "x"}])])],
    ],
    ids=["too many", "name", "no description", "long description", "options", "choice"],
)
async def test_commands_that_discord_does_not_take(commands: list[Any]) -> None:
    async with Loopback.started() as discord:
        client = quiet()
        async with online(discord, client):
            with pytest.raises(library.HTTPException):
                await client.http.bulk_upsert_global_commands(discord.world.bot.id, commands)
        assert [one.kind for one in discord.violations] == ["bad_request"]
        assert discord.commands == []


async def test_a_client_that_reads_the_headers_is_never_told_to_wait() -> None:
    async with Loopback.started() as discord:
        _, channel, _, _ = community(discord)
        client = quiet()
        async with online(discord, client):
            await discord.heard()
            place: Any = client.get_channel(channel.id)
            await asyncio.gather(*(place.send(str(n)) for n in range(12)))
        assert len(channel.said) == 12
        assert {one.status for one in discord.requests} == {200}
        assert discord.violations == []


async def test_a_client_that_does_not_is_told_how_long() -> None:
    async with Loopback.started(terms=Terms(speed=1)) as discord, aiohttp.ClientSession() as http:
        _, channel, _, _ = community(discord)
        url = f"{discord.url}/api/v10/channels/{channel.id}/messages"
        who = {"Authorization": f"Bot {discord.token}"}
        answers = []
        for _ in range(6):
            async with http.post(url, json={"content": "x"}, headers=who) as answer:
                answers.append((answer.status, answer.headers["X-RateLimit-Remaining"]))
                told = await answer.json()
        assert answers == [(200, "4"), (200, "3"), (200, "2"), (200, "1"), (200, "0"), (429, "0")]
        assert 0 < told["retry_after"] <= 5
        assert [one.kind for one in discord.violations] == ["route_limit"]
        assert discord.invalid_requests == 1


async def test_who_has_no_token_gets_nowhere() -> None:
    async with (
        Loopback.started() as discord,
        aiohttp.ClientSession() as http,
        http.get(f"{discord.url}/api/v10/users/@me") as answer,
    ):
        assert answer.status == 401


@pytest.mark.parametrize("code", [4004, 4013])
async def test_a_client_gives_up_when_it_is_told_to(code: int) -> None:
    async with Loopback.started() as discord:
        client = quiet()
        async with online(discord, client) as running:
            await discord.heard()
            discord.faults.add(faults.Close(code=code))
            with pytest.raises(library.ConnectionClosed) as closed:
                await asyncio.wait_for(asyncio.shield(running), 10)
            assert closed.value.code == code


async def test_what_is_written_is_read_only_with_the_privilege() -> None:
    for privileged, read in (
        (frozenset({"members"}), ""),
        (frozenset({"message_content"}), "hello"),
    ):
        async with Loopback.started(terms=Terms(privileged=privileged)) as discord:
            _, channel, alice, _ = community(discord)
            discord.says(alice, channel, "hello")
            client = quiet()
            async with online(discord, client):
                await discord.heard()
                place: Any = client.get_channel(channel.id)
                await place.send("ours")
                texts = [one.content async for one in place.history(limit=2)]
                assert texts == ["ours", read]


class Raw:
    """A connection to the gateway without a library, and without compression."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    async def send(self, op: int, data: Any) -> None:
        await self.ws.send_json({"op": op, "d": data})

    async def next(self, op: int) -> Any:
        """The next frame of this kind; the others are let go."""
        while True:
            frame = await self.ws.receive_json(timeout=5)
            if frame["op"] == op:
                return frame


@asynccontextmanager
async def raw(discord: Loopback) -> AsyncIterator[Raw]:
    """Connect and be greeted."""
    async with aiohttp.ClientSession() as session, session.ws_connect(discord.gateway_url) as ws:
        found = Raw(ws)
        await found.next(10)
        yield found


@pytest.mark.parametrize(("resumable", "resumed"), [(60.0, True), (0.0, False)])
async def test_a_session_outlives_its_connection_for_so_long(
    resumable: float, resumed: bool
) -> None:
    async with Loopback.started(terms=Terms(resumable=resumable)) as discord:
        _, channel, alice, _ = community(discord)
        intents = library.Intents.default().value
        async with raw(discord) as one:
            await one.send(2, {"token": discord.token, "intents": intents})
            ready = await one.next(0)
            assert (ready["t"], ready["s"]) == ("READY", 1)
            await one.send(1, ready["s"])
            await one.next(11)
            await one.ws.close(code=4000)
        await discord.until(lambda: not discord.sessions.connected)
        discord.says(alice, channel)
        async with raw(discord) as two:
            asked = {"token": discord.token, "session_id": ready["d"]["session_id"], "seq": 1}
            await two.send(6, asked)
            if resumed:
                told = [(await two.next(0))["t"] for _ in range(3)]
                assert told == ["GUILD_CREATE", "MESSAGE_CREATE", "RESUMED"]
            else:
                assert (await two.next(9))["d"] is False


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [(99, None, 4001), (2, {"token": "another", "intents": 0}, 4004), (6, {"token": "x"}, 4004)],
)
async def test_what_makes_no_sense_ends_the_connection(op: int, data: Any, code: int) -> None:
    async with Loopback.started() as discord, raw(discord) as one:
        await one.send(op, data)
        end = await one.ws.receive(timeout=5)
        assert end.type is aiohttp.WSMsgType.CLOSE and end.data == code


async def test_who_sends_too_much_to_the_gateway_is_cut_off() -> None:
    async with Loopback.started() as discord, raw(discord) as one:
        for _ in range(121):
            await one.send(3, {})
        end = await one.ws.receive(timeout=5)
        assert end.data == 4008
        assert {one.kind for one in discord.violations} == {"gateway_limit"}
