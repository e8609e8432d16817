"""Whatever Discord answers, each effect is done once in the end, and with few requests."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

import bot.client
from bot import telling_commands
from bot.effects.notices import Notices
from bot.invalid_requests import InvalidRequests
from sql import notices
from sql.pool import Database
from tests.support.connected import connected
from tests.support.discord import Loopback, faults, payloads
from tests.support.discord.faults import OfRequest
from tests.support.effects import GIVE, SAY, Clock, Stage, acquainted

POST = ("POST", "/channels/{channel}/messages")
PUT = ("PUT", "/guilds/{guild}/members/{user}/roles/{role}")
LOOK = ("GET", "/channels/{channel}/messages")


@asynccontextmanager
async def stage(database: Database) -> AsyncIterator[Stage]:
    clock = Clock()
    async with Loopback.started(clock=clock) as discord:
        guild = discord.add_guild("Guild A")
        channel, alice = guild.add_text_channel("general"), guild.add_member("alice")
        async with connected(discord, database) as bot_:
            await acquainted(bot_)
            yield Stage(discord, guild, channel, alice, bot_, clock)


def refused(times: int | None, route: str) -> OfRequest:
    return faults.Fails(status=403, code=50013, times=times, route=route)


FAULTS: dict[str, Callable[[str], OfRequest]] = {
    "429 of the route": lambda route: faults.RateLimited(times=3, route=route),
    "429 for everything": lambda route: faults.RateLimited(scope="global", times=2, route=route),
    "429 that others share": lambda route: faults.RateLimited(scope="shared", times=2, route=route),
    "429 for an hour": lambda route: faults.RateLimited(retry_after=3600, route=route),
    "500 once": lambda route: faults.Fails(status=500, route=route),
    "502 once": lambda route: faults.Fails(status=502, route=route),
    "503 for a while": lambda route: faults.Fails(status=503, times=7, route=route),
    "no answer": lambda route: faults.Silent(times=2, route=route),
    "an answer that comes too late": lambda route: faults.Slow(by=0.6, times=2, route=route),
    "answers that are lost": lambda route: faults.LostAnswer(times=3, route=route),
    "403 for a while": lambda route: refused(6, route),
}


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.client, "REQUEST", aiohttp.ClientTimeout(total=0.3))


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("minutes", [0.2, 20])
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_notice_is_told_once(database: Database, fault: str, minutes: float) -> None:
    async with stage(database) as s:
        s.news(1)
        s.discord.faults.add(FAULTS[fault](SAY))
        for _ in range(40):
            await s.round()
            if not s.unsent():
                break
            s.clock.passes(minutes=minutes)
        else:
            s.clock.passes(days=1)
            await s.round()
        assert (s.told(), s.unsent()) == (1, 0)
        posts = s.asked(*POST)
        s.clock.passes(hours=1)
        await s.round()
        assert s.told() == 1 and s.asked(*POST) == posts <= 9
        assert s.asked(*LOOK) <= 8
        assert s.discord.violations == []


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_role_is_given_once(database: Database, fault: str) -> None:
    async with stage(database) as s:
        role = s.guild.add_role("Knights")
        await s.discord.heard()
        s.reward(role.id, s.alice)
        s.discord.faults.add(FAULTS[fault](GIVE))
        for _ in range(9):
            await s.round()
            await s.discord.heard()
            s.clock.passes(hours=6)
        assert s.alice.roles == {role.id}
        assert 1 <= s.asked(*PUT) <= 9
        assert s.discord.violations == []


@pytest.mark.usefixtures("_impatient")
async def test_a_direct_message_whose_answer_is_lost_is_told_once(database: Database) -> None:
    async with stage(database) as s:
        s.news(1, direct=True)
        s.discord.faults.add(faults.LostAnswer(route="POST /users/@me/channels"))
        s.discord.faults.add(faults.LostAnswer(route=SAY))
        for _ in range(4):
            await s.round()
            s.clock.passes(hours=1)
        assert (s.told(), s.unsent()) == (1, 0)


async def test_weeks_of_403_are_a_few_requests_a_day(database: Database) -> None:
    async with stage(database) as s:
        role = s.guild.add_role("Knights")
        others = [s.guild.add_member(f"member {number}") for number in range(12)]
        await s.discord.heard()
        s.reward(role.id, s.alice, *others)
        s.discord.faults.add(refused(None, SAY))
        s.discord.faults.add(refused(None, GIVE))
        counts = []
        for day in range(21):
            s.news(day + 1, f"news {day}")
            before = s.discord.invalid_requests
            for _ in range(6):
                await s.round()
                s.clock.passes(hours=4)
            counts.append(s.discord.invalid_requests - before)
        assert counts[0] <= 16 and max(counts[1:]) <= 4
        assert s.unsent() <= 3  # what is older is no news any more
        s.discord.faults.clear()
        s.clock.passes(days=1)
        for _ in range(4):
            await s.round()
            await s.discord.heard()
            s.clock.passes(minutes=20)
        assert (s.told("news 20"), s.told("news 1\n"), s.unsent()) == (1, 0, 0)
        assert all(role.id in one.roles for one in (s.alice, *others))


async def test_a_change_of_our_permissions_opens_the_way_again(database: Database) -> None:
    async with stage(database) as s:
        s.discord.faults.add(refused(5, SAY))
        s.news(1)
        for _ in range(5):
            await s.round()
            s.clock.passes(minutes=2)
        s.news(2, "more")
        await s.round()
        assert (s.asked(*POST), s.unsent()) == (5, 2)
        own = s.guild.roles[max(s.guild.members[s.discord.world.bot.id].roles)]
        own.permissions &= ~(1 << 5)
        s.discord.tell(
            "GUILD_ROLE_UPDATE",
            s.guild,
            {"guild_id": str(s.guild.id), "role": _role(own)},
        )
        await s.discord.heard()
        for _ in range(2):
            await s.round()
            s.clock.passes(minutes=2)
        assert s.unsent() == 0


@pytest.mark.parametrize("minutes", [0, 30])
async def test_who_is_killed_between_sending_and_marking_has_told_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, minutes: float
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: Any) -> None:
        raise Killed

    async with stage(database) as s:
        s.news(1)
        with monkeypatch.context() as patch:
            patch.setattr(Notices, "_keep", die)
            with pytest.raises(Killed):
                await s.round()
        assert (s.told(), s.unsent()) == (1, 1)
        s.clock.passes(minutes=minutes, seconds=11)
        await s.round()
        assert (s.told(), s.unsent()) == (1, 0)


async def test_who_is_killed_before_sending_tells_it_then(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    async def die(*_: Any, **__: Any) -> None:
        raise Killed

    async with stage(database) as s:
        s.news(1)
        with monkeypatch.context() as patch:
            patch.setattr(s.bot.client.http, "send_message", die)
            with pytest.raises(Killed):
                await s.round()
        assert (s.told(), s.unsent()) == (0, 1)
        s.clock.passes(hours=1)
        await s.round()
        assert (s.told(), s.unsent()) == (1, 0)


@pytest.mark.parametrize("lost", ["PATCH /channels/*/messages/*", SAY])
async def test_what_ended_is_said_once_in_answer_to_where_it_began(
    database: Database, lost: str
) -> None:
    async with stage(database) as s:
        began = s.discord.command(s.alice, s.channel, "leaderboard")
        await began.reply()
        assert began.answer is not None
        began.answer.components = [
            {"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "x", "label": "Bid"}]}
        ]
        with database.transaction(s.guild.id) as conn:
            notices.take(
                conn,
                s.guild.id,
                9,
                kind="ending",
                user=None,
                channel=s.channel.id,
                words="",
                now=s.clock(),
                began=began.id,
                sheet={"type": "rich", "title": "Sold", "description": "to Bob"},
            )
        s.discord.faults.add(faults.LostAnswer(route=lost))
        for _ in range(4):
            await s.round()
            s.clock.passes(hours=1)
        said = [one for one in s.channel.messages.values() if "Sold" in one.text]
        assert said[0].id == began.answer.id and not said[0].components
        assert [one.reference for one in said[1:]] == [began.answer]
        assert s.unsent() == 0


async def test_effects_hold_back_long_before_we_are_shut_out(database: Database) -> None:
    async with stage(database) as s:
        requests = s.bot.client.invalid_requests
        s.may_act = requests.allow_effects
        s.discord.faults.add(faults.Fails(status=401, times=1, route=SAY))
        s.news(1)
        await s.round()
        assert requests.lately() == 1 and not requests.allow_effects()
        for _ in range(5):
            s.clock.passes(hours=1)
            await s.round()
        assert s.asked(*POST) == 1 and s.unsent() == 1
        s.may_act = InvalidRequests().allow_effects  # ten minutes later
        await s.round()
        assert (s.told(), s.unsent()) == (1, 0)


async def test_the_bot_starts_though_discord_takes_no_commands(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling_commands, "FIRST", timedelta(milliseconds=10))
    route = "PUT /applications/*/commands"
    async with Loopback.started() as discord:
        discord.faults.add(faults.Fails(status=400, code=30034, route=route))
        discord.faults.add(faults.Fails(status=503, route=route))
        discord.faults.add(faults.RateLimited(retry_after=3600, route=route))
        discord.faults.add(faults.LostAnswer(route=route))
        async with connected(discord, database) as bot_:
            assert bot_.client._telling is not None
            await bot_.client._telling
            assert _syncs(discord)[:4] == [400, 503, 429, 0] and _syncs(discord)[-1] == 200
        before = len(_syncs(discord))
        async with connected(discord, database):
            assert len(_syncs(discord)) == before


def _syncs(discord: Loopback) -> list[int]:
    asked = discord.asked("PUT", "/applications/{application}/commands")
    return [one.status for one in asked]


def _role(role: Any) -> dict[str, Any]:
    return payloads.role(role)
