"""Avatars: asked for once, not for long, not of any size, and never in a card's way."""

import asyncio
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.recognition import avatars
from bot.recognition.avatars import Avatars


class Asset:
    """One picture at Discord: what it answers, and how often it was asked."""

    def __init__(self, url: str, answer: bytes | Exception, seconds: float = 0) -> None:
        self.url, self.answer, self.seconds, self.asked = url, answer, seconds, 0
        self.wanted: dict[str, Any] = {}

    def replace(self, **wanted: Any) -> "Asset":
        self.wanted = wanted
        return self

    async def read(self) -> bytes:
        self.asked += 1
        await asyncio.sleep(self.seconds)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def user(asset: Asset) -> Any:
    return SimpleNamespace(display_avatar=asset, default_avatar=Asset("default", b""))


async def test_a_picture_is_asked_for_once() -> None:
    known, asset = Avatars(), Asset("a", b"picture")
    assert [await known.of(user(asset)) for _ in range(3)] == [b"picture"] * 3
    assert asset.asked == 1 and asset.wanted == {"size": avatars.SIZE, "format": "png"}
    other = Asset("b", b"another")
    assert await known.of(user(other)) == b"another"


async def test_the_oldest_is_forgotten_and_the_used_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(avatars, "KEPT", 2)
    known, (a, b, c) = Avatars(), [Asset(name, name.encode()) for name in "abc"]
    for asset in (a, b, a, c, a, b):
        await known.of(user(asset))
    assert (a.asked, b.asked, c.asked) == (1, 2, 1)


async def test_who_has_none_of_their_own_is_not_asked_for() -> None:
    asset = Asset("default", b"grey")
    nobody = SimpleNamespace(display_avatar=asset, default_avatar=asset)
    assert await Avatars().of(nobody) is None  # type: ignore[arg-type]
    assert asset.asked == 0


async def test_what_takes_too_long_or_is_too_large_is_none() -> None:
    slow, large = Asset("slow", b"late", seconds=5), Asset("large", b"x" * 11)
    known = Avatars(seconds=0.01, most_bytes=10)
    async with asyncio.timeout(2):
        assert await known.of(user(slow)) is None
    assert await known.of(user(large)) is None
    assert await known.of(user(Asset("fits", b"x" * 10))) == b"x" * 10


@pytest.mark.parametrize(
    "error", [discord.DiscordException("no"), ConnectionResetError(), TimeoutError()]
)
async def test_what_discord_refuses_is_none_and_asked_for_again(error: Exception) -> None:
    known, asset = Avatars(), Asset("a", error)
    assert await known.of(user(asset)) is None
    asset.answer = b"there"
    assert await known.of(user(asset)) == b"there"
