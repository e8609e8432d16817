"""Whatever Discord answers to an answer, it is seen once, and what was asked is done once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from bot import delivery
from bot.answer import Services
from events.claims import DailyClaimed
from events.preferences import TimezoneSet
from sql import lake
from sql.migrate import connect
from sql.pool import Database
from tests.support.connected import connected
from tests.support.discord import Loopback, faults, payloads
from tests.support.discord.faults import OfRequest
from tests.support.discord.models import EPHEMERAL, Message
from tests.support.effects import Clock, Stage, acquainted
from tests.support.facts import setting

ANSWER = "POST /interactions/*/*/callback"
CHANGE = "PATCH /webhooks/*/*/messages/@original"
FAULTS: dict[str, Callable[[str], OfRequest]] = {
    "429": lambda route: faults.RateLimited(times=2, route=route),
    "500": lambda route: faults.Fails(status=500, route=route),
    "502": lambda route: faults.Fails(status=502, route=route),
    "no answer": lambda route: faults.Silent(times=1, route=route),
    "an answer that comes too late": lambda route: faults.Slow(by=3.0, route=route),
    "an answer that is lost": lambda route: faults.LostAnswer(route=route),
    "two answers that are lost": lambda route: faults.LostAnswer(times=2, route=route),
}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "WAIT", timedelta(milliseconds=5))
    monkeypatch.setattr(delivery, "TRY", 2.0)


@asynccontextmanager
async def stage(
    database: Database, *, patience: float = 1.5, services: type[Services] = Services
) -> AsyncIterator[Stage]:
    clock = Clock()
    async with Loopback.started(clock=clock) as discord:
        guild = discord.add_guild("Guild A")
        channel, alice = guild.add_text_channel("general"), guild.add_member("alice")
        async with connected(discord, database, patience=patience, services=services) as bot:
            await acquainted(bot)
            yield Stage(discord, guild, channel, alice, bot, clock)
            twice = "already been acknowledged"  # how one finds that a lost answer is there
            assert [one for one in discord.violations if twice not in one.what] == []


def seen(s: Stage) -> list[Message]:
    """What the bot has said where Alice sees it, without signs of thinking."""
    direct = s.discord.world.direct_channel(s.alice.user)
    return [
        one
        for place in (s.channel, direct)
        for one in place.messages.values()
        if one.text and one.author.bot
    ]


def claims(s: Stage) -> int:
    with s.bot.database.transaction(s.guild.id) as conn:
        rows = lake.read(conn, s.guild.id, 0, 100)
    return sum(row.event_type == DailyClaimed.event_type for row in rows)


async def at_rest() -> None:
    """Every command that was begun has ended."""
    ways = ("CommandTree-invoker", "discord-ui-")
    begun = [one for one in asyncio.all_tasks() if one.get_name().startswith(ways)]
    await asyncio.gather(*begun)


class Slow(Services):
    """Services whose work ends when it is let."""

    gate: asyncio.Event

    async def work(self, function: Any, *arguments: Any, **named: Any) -> Any:
        await Slow.gate.wait()
        return await super().work(function, *arguments, **named)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("patience", "route"), [(1.5, ANSWER), (0.0, ANSWER), (0.0, CHANGE)])
async def test_an_answer_is_seen_once(
    database: Database, fault: str, patience: float, route: str
) -> None:
    async with stage(database, patience=patience) as s:
        s.discord.faults.add(FAULTS[fault](route))
        asked = s.discord.command(s.alice, s.channel, "daily")
        await s.discord.until(lambda: bool(seen(s)))
        await at_rest()
        (message,) = seen(s)
        assert "coins" in message.text and message is asked.shown
        assert claims(s) == 1
        assert len(s.discord.requests) < 20


@asynccontextmanager
async def too_late(database: Database) -> AsyncIterator[Stage]:
    """Commands are deferred, and their work ends after a quarter of an hour."""
    Slow.gate = asyncio.Event()
    Slow.gate.set()
    async with stage(database, patience=0.0, services=Slow) as s:
        yield s


async def asked(s: Stage, path: str, **options: Any) -> None:
    Slow.gate.clear()
    one = s.discord.command(s.alice, s.channel, path, **options)
    await one.acknowledged()
    s.clock.passes(minutes=16)
    Slow.gate.set()
    await s.discord.heard()
    await at_rest()


@pytest.mark.parametrize("lost", [0, 2])
async def test_what_comes_after_the_token_is_a_message_in_the_channel(
    database: Database, lost: int
) -> None:
    async with too_late(database) as s:
        s.discord.faults.add(faults.LostAnswer(times=lost, route="POST /channels/*/messages"))
        await asked(s, "daily")
        (message,) = seen(s)
        assert message.content == f"<@{s.alice.id}>" and "coins" in message.text
        (post, *_) = s.discord.asked("POST", "/channels/{channel}/messages")
        assert post.body["allowed_mentions"] == {
            "parse": [],
            "users": [s.alice.id],
        }
        assert claims(s) == 1


async def test_where_the_bot_may_not_write_nothing_is_said_and_it_is_done(
    database: Database,
) -> None:
    async with too_late(database) as s:
        everyone = s.guild.roles[s.guild.id]
        own = s.guild.members[s.discord.world.bot.id].roles
        for role in (everyone, *(s.guild.roles[one] for one in own)):
            role.permissions &= ~(1 << 11 | 1 << 3)
            s.discord.tell(
                "GUILD_ROLE_UPDATE",
                s.guild,
                {"guild_id": str(s.guild.id), "role": payloads.role(role)},
            )
        await s.discord.heard()
        await asked(s, "daily")
        assert seen(s) == [] and claims(s) == 1
        assert s.discord.asked("POST", "/channels/{channel}/messages") == []


@pytest.mark.parametrize("hidden", [True, False])
async def test_a_button_pressed_long_ago_still_changes_its_message_if_everybody_sees_it(
    database: Database, hidden: bool
) -> None:
    async with too_late(database) as s:
        message = await s.discord.command(s.alice, s.channel, "daily").reply()
        on = {"type": 2, "style": 1, "custom_id": "auctions:open:0:on", "label": "on"}
        message.components = [{"type": 1, "components": [on]}]
        message.flags = EPHEMERAL if hidden else 0
        Slow.gate.clear()
        pressed = s.discord.press(s.alice, message, "auctions:open:0:on")
        await pressed.acknowledged()
        s.clock.passes(minutes=16)
        Slow.gate.set()
        await at_rest()
        (shown,) = seen(s)
        assert ("Open auctions" in shown.text) is not hidden
        posts = s.discord.asked("POST", "/channels/{channel}/messages")
        assert posts == []


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_private_answer_never_becomes_public(database: Database, allowed: bool) -> None:
    async with too_late(database) as s:
        with database.transaction(s.guild.id) as conn:
            lake.append(conn, [setting("notice_direct", int(allowed), guild=s.guild.id)])
        await asked(s, "timezone set", zone="Europe/Berlin")
        found = seen(s)
        assert [one.channel.id for one in found] == (
            [s.discord.world.direct_channel(s.alice.user).id] if allowed else []
        )
        assert all("Berlin" in one.text and not one.content for one in found)
        assert len(await s.bot.recorded(s.guild.id, TimezoneSet)) == 1


async def test_a_private_answer_that_tells_of_nothing_done_is_dropped(database: Database) -> None:
    async with too_late(database) as s:
        await asked(s, "preferences")
        assert seen(s) == []


async def test_an_interaction_that_is_not_known_any_more_is_answered_in_the_channel(
    database: Database,
) -> None:
    async with stage(database) as s:
        s.discord.faults.add(faults.Fails(status=404, code=10062, route=ANSWER))
        s.discord.command(s.alice, s.channel, "daily")
        await s.discord.until(lambda: bool(seen(s)))
        await at_rest()
        (message,) = seen(s)
        assert message.content == f"<@{s.alice.id}>" and claims(s) == 1


async def test_a_command_that_is_delivered_twice_is_carried_out_and_answered_once(
    database: Database,
) -> None:
    async with stage(database) as s:
        s.discord.faults.add(faults.Duplicate(event="INTERACTION_CREATE", renumbered=True))
        s.discord.faults.add(faults.LostAnswer(route=ANSWER))
        s.discord.command(s.alice, s.channel, "daily")
        await s.discord.until(lambda: bool(seen(s)))
        await s.discord.heard()
        await at_rest()
        assert len(seen(s)) == 1 and claims(s) == 1


async def test_an_answer_that_comes_when_the_bot_has_left_is_left_too(database: Database) -> None:
    async with stage(database, patience=0.0) as s:
        with connect(database.dsn) as conn, conn.transaction():
            conn.execute("lock table event_lake in exclusive mode")
            asked = s.discord.command(s.alice, s.channel, "daily")
            await asked.acknowledged()
            (task,) = s.bot.client.services.under_way
            await s.bot.client.close()
        await task  # it raises nothing
        assert asked.shown is None
