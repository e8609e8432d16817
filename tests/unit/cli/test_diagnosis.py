"""The doctor's questions to Discord, with Discord's answers made up."""

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot import diagnosis

NO_ANSWER: Any = SimpleNamespace(status=401, reason="Unauthorized")
ALL = diagnosis.NEEDED


class Guild:
    def __init__(self, name: str, **held: bool) -> None:
        self.name, self.id = name, 1
        self._roles = [
            SimpleNamespace(id=1, permissions=discord.Permissions(**held)),
            SimpleNamespace(id=2, permissions=discord.Permissions.all()),  # not ours
        ]

    async def fetch_member(self, _: int) -> Any:
        return SimpleNamespace(roles=[])

    async def fetch_roles(self) -> Any:
        return self._roles


class Client:
    """As much of Discord's client as is asked."""

    closed = 0
    refusal: Exception | None = None
    ticked = True
    guilds: tuple[Guild, ...] = ()
    user = SimpleNamespace(id=5, __str__=lambda self: "Tally")

    def __init__(self, **_: Any) -> None:
        pass

    async def login(self, token: str) -> None:
        assert token == "tok"
        if self.refusal is not None:
            raise self.refusal

    async def application_info(self) -> Any:
        flags = SimpleNamespace(
            gateway_guild_members=False, gateway_guild_members_limited=self.ticked
        )
        return SimpleNamespace(flags=flags)

    async def fetch_guilds(self, limit: int) -> Any:
        for guild in self.guilds[:limit]:
            yield guild

    async def close(self) -> None:
        Client.closed += 1


async def asked(monkeypatch: pytest.MonkeyPatch, **answers: Any) -> dict[str, tuple[str, str]]:
    client = type("Answering", (Client,), answers)
    monkeypatch.setattr(discord, "Client", client)
    before = Client.closed
    found = await diagnosis.diagnose("tok")
    assert Client.closed == before + 1
    return {what: (state, detail) for what, state, detail in found}


async def test_all_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = dict(ALL)
    found = await asked(monkeypatch, guilds=(Guild("A", **needed),))
    assert {state for state, _ in found.values()} == {"fine"}
    found = await asked(monkeypatch, guilds=(Guild("A", administrator=True),))
    assert found["permissions"] == ("fine", "A")


async def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    guild = Guild("A", view_channel=True, send_messages=True)
    found = await asked(monkeypatch, ticked=False, guilds=(guild,))
    assert found["intents"][0] == "wrong" and "Server Members Intent" in found["intents"][1]
    assert found["permissions"][0] == "wrong"
    assert "A: the bot's role lacks" in found["permissions"][1]
    assert "embed links" in found["permissions"][1] and "send" not in found["permissions"][1]


async def test_a_bot_without_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await asked(monkeypatch))["permissions"][0] == "skipped"


@pytest.mark.parametrize(
    ("refusal", "state"),
    [
        (discord.LoginFailure("Improper token has been passed."), "wrong"),
        (aiohttp.ClientConnectionError("no network"), "skipped"),
        (TimeoutError(), "skipped"),
        (discord.HTTPException(NO_ANSWER, "down"), "skipped"),
    ],
)
async def test_no_answer_or_a_refusal(
    monkeypatch: pytest.MonkeyPatch, refusal: Exception, state: str
) -> None:
    found = await asked(monkeypatch, refusal=refusal)
    assert list(found) == ["token"] and found["token"][0] == state
