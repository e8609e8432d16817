"""Everything that can go wrong in the loopback Discord, and what the real client makes of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import discord as library
import pytest

from events.messages import MessageCreated
from sql.pool import Database
from tests.support.connected import Connected, connected, online
from tests.support.discord import Loopback, Terms, faults, redirected
from tests.support.discord.models import Channel
from tests.support.meeting import community


async def said(bot: Connected, channel: Channel) -> list[int]:
    """The messages of a channel that are recorded, in that order, by their place in it."""
    assert channel.guild is not None
    await bot.discord.heard()
    bot.capture.note(ended=True)  # what is missing is waited for no longer
    facts = await bot.recorded(channel.guild.id, MessageCreated)
    there = list(channel.messages)
    return [there.index(fact.message_id) for fact in facts]


@pytest.mark.parametrize(
    ("fault", "recorded"),
    [
        (faults.Drop(event="MESSAGE_CREATE", after=1), [0, 2]),
        (faults.Duplicate(event="MESSAGE_CREATE"), [0, 1, 2]),
        (faults.Duplicate(event="MESSAGE_CREATE", renumbered=True), [0, 1, 2]),
        (faults.Reorder(event="MESSAGE_CREATE"), [1, 0, 2]),
        (faults.Reorder(event="MESSAGE_CREATE", after=2, patience=0.05), [0, 1, 2]),
        (faults.Delay(event="MESSAGE_CREATE", by=0.05), [1, 2, 0]),
    ],
    ids=["drop", "duplicate", "twice", "reorder", "reorder the last", "delay"],
)
async def test_a_fault_of_a_dispatch(
    database: Database, fault: faults.OfDispatch, recorded: list[int]
) -> None:
    async with Loopback.started() as discord:
        _, channel, alice, _ = community(discord)
        async with connected(discord, database) as bot:
            discord.faults.add(fault)
            for _ in range(3):
                discord.says(alice, channel)
            assert await said(bot, channel) == recorded
            assert fault.struck == 1


@pytest.mark.parametrize(
    ("fault", "identifies"),
    [
        (faults.Cut(event="MESSAGE_CREATE", after=1), 1),
        (faults.Close(event="MESSAGE_CREATE", after=1, code=4000), 1),
        (faults.Reconnect(event="MESSAGE_CREATE", after=1), 1),
        (faults.Invalidate(event="MESSAGE_CREATE", after=1, resumable=True), 1),
        (faults.Invalidate(event="MESSAGE_CREATE", after=1), 2),
        (faults.Close(event="MESSAGE_CREATE", after=1, code=4009), 2),
    ],
    ids=["cut", "closed", "asked to reconnect", "invalid", "invalid for good", "timed out"],
)
async def test_a_fault_of_a_connection(
    database: Database, fault: faults.OfSocket, identifies: int
) -> None:
    async with Loopback.started() as discord:
        _, channel, alice, _ = community(discord)
        async with connected(discord, database, hurried=True) as bot:
            discord.faults.add(fault)
            for _ in range(3):
                discord.says(alice, channel)
                await discord.heard()
            resumed = identifies == 1
            assert await said(bot, channel) == ([0, 1, 2] if resumed else [0, 2])
            assert discord.sessions.identifies == identifies


async def test_a_connection_that_does_not_answer_heartbeats_is_left(database: Database) -> None:
    async with Loopback.started() as discord:
        _, channel, alice, _ = community(discord)
        async with connected(discord, database, heartbeat_timeout=0.2) as bot:
            deaf = discord.faults.add(faults.Deaf(times=None, seconds=0.4))
            await discord.until(lambda: discord.sessions.resumes > 0)
            discord.says(alice, channel)
            assert await said(bot, channel) == [0]
            assert deaf.struck > 1


async def test_a_client_that_is_refused_comes_again_with_a_new_session(database: Database) -> None:
    async with Loopback.started() as discord:
        _, channel, alice, _ = community(discord)
        async with connected(discord, database, hurried=True) as bot:
            refused = discord.faults.add(faults.Refuse())
            discord.faults.add(faults.Cut())
            discord.says(alice, channel)
            await discord.until(lambda: discord.sessions.identifies == 2)
            assert (await said(bot, channel), refused.struck) == ([], 1)


@pytest.mark.parametrize(
    ("terms", "token", "error"),
    [
        (Terms(), "another", library.LoginFailure),
        (Terms(privileged=frozenset()), "loopback", library.PrivilegedIntentsRequired),
    ],
    ids=["token", "intents"],
)
async def test_who_may_not_connect_is_told(
    terms: Terms, token: str, error: type[Exception]
) -> None:
    intents = library.Intents.default()
    intents.members = True
    async with Loopback.started(terms=terms) as discord:
        with redirected(discord.url):
            async with library.AutoShardedClient(intents=intents) as client:
                with pytest.raises(error):
                    await client.start(token)


@pytest.mark.parametrize(
    ("fault", "error", "done"),
    [
        (faults.Fails(status=403, code=50013), library.Forbidden, False),
        (faults.Fails(status=503), library.DiscordServerError, False),
        (faults.RateLimited(scope="cloudflare"), library.HTTPException, False),
        (faults.Silent(wait=0.05), aiohttp.ClientError, False),
        (faults.LostAnswer(), aiohttp.ClientError, True),
    ],
    ids=["forbidden", "unavailable", "shut out", "silent", "lost answer"],
)
async def test_a_fault_of_a_request(
    database: Database, fault: faults.OfRequest, error: type[Exception], done: bool
) -> None:
    fault.route = "POST /channels/*/messages"
    async with Loopback.started() as discord:
        _, channel, _, _ = community(discord)
        async with connected(discord, database) as bot:
            place: Any = bot.client.get_channel(channel.id)
            discord.faults.add(fault)
            with pytest.raises(error):
                await place.send("hello")
            assert channel.said == ["hello"] * done
            await place.send("again")
            assert channel.said[-1] == "again"


async def test_a_slow_answer_comes_after_what_it_tells_of(database: Database) -> None:
    async with Loopback.started() as discord:
        _, channel, _, _ = community(discord)
        async with connected(discord, database) as bot:
            place: Any = bot.client.get_channel(channel.id)
            discord.faults.add(faults.Slow(route="POST /channels/*", by=0.2))
            sent = asyncio.create_task(place.send("hello"))
            while not channel.said:
                await asyncio.sleep(0)
            assert not sent.done()
            assert (await sent).content == "hello"


@pytest.mark.parametrize("status", [500, 502])
async def test_a_server_error_is_tried_again_by_the_client(database: Database, status: int) -> None:
    async with Loopback.started() as discord:
        _, channel, _, _ = community(discord)
        async with connected(discord, database) as bot:
            place: Any = bot.client.get_channel(channel.id)
            discord.faults.add(faults.Fails(status=status, route="POST /channels/*"))
            await place.send("hello")
        assert [one.status for one in discord.requests[-2:]] == [status, 200]


async def test_a_fault_may_be_of_one_guild_and_of_chance(database: Database) -> None:
    async with Loopback.started(seed=3) as discord:
        guild, channel, _, _ = community(discord)
        other = discord.add_guild("Guild B").add_text_channel("general")
        async with connected(discord, database) as bot:
            here: Any = bot.client.get_channel(channel.id)
            there: Any = bot.client.get_channel(other.id)
            discord.faults.add(
                faults.Fails(status=403, code=50001, guild=guild.id, times=None, chance=0.5)
            )
            refused = 0
            for _ in range(20):
                await there.send("hello")
                try:
                    await here.send("hello")
                except library.Forbidden:
                    refused += 1
            assert 3 < refused < 17
            assert len(channel.said) + refused == len(other.said) == 20


async def test_a_guild_that_discord_has_lost_comes_back(database: Database) -> None:
    async with Loopback.started() as discord:
        guild, channel, alice, _ = community(discord)
        async with connected(discord, database) as bot:
            discord.fails(guild)
            discord.says(alice, channel, "nobody hears it")
            await discord.heard()
            assert bot.client.guilds[0].unavailable
            discord.recovers(guild)
            discord.says(alice, channel)
            assert await said(bot, channel) == [1]
            assert not bot.client.guilds[0].unavailable


async def test_what_an_admin_deletes_is_gone(database: Database) -> None:
    async with Loopback.started() as discord:
        guild, channel, alice, _ = community(discord)
        role = guild.add_role("Regulars")
        discord.given(alice, role)
        async with connected(discord, database) as bot:
            known = bot.client.guilds[0]
            assert known.get_channel(channel.id) and known.get_role(role.id)
            discord.removes(guild, channel)
            discord.removes(guild, role)
            await discord.heard()
            assert not known.get_channel(channel.id) and not known.get_role(role.id)
            with pytest.raises(library.NotFound):
                await bot.client.fetch_channel(channel.id)


async def test_each_shard_hears_of_its_own_guilds(database: Database) -> None:
    async with Loopback.started(terms=Terms(shards=3, max_concurrency=3)) as discord:
        guilds = [discord.add_guild(f"Guild {n}") for n in range(6)]
        async with connected(discord, database, hurried=True) as bot:
            assert len(discord.sessions.connected) == 3
            told = {guild.id: guild.shard_id for guild in bot.client.guilds}
            assert told == {guild.id: (guild.id >> 22) % 3 for guild in guilds}
            assert set(told.values()) == {0, 1, 2}
        assert discord.violations == []


async def test_who_identifies_too_soon_is_sent_away(database: Database) -> None:
    terms = Terms(shards=2, identify_every=0.5)
    async with Loopback.started(terms=terms) as discord:
        discord.add_guild("Guild A")
        async with connected(discord, database, hurried=True, ready=False):
            await discord.until(lambda: bool(discord.violations))
        assert {one.kind for one in discord.violations} == {"identify_too_soon"}


async def test_what_a_bot_must_not_do_is_seen(database: Database) -> None:
    async with Loopback.started() as discord:
        _, channel, _, _ = community(discord)
        async with connected(discord, database) as bot:
            place: Any = bot.client.get_channel(channel.id)
            for wrong in ({"content": "x" * 2001}, {"embed": library.Embed(title="x" * 257)}):
                with pytest.raises(library.HTTPException):
                    await place.send(**wrong)
            with pytest.raises(library.HTTPException):
                await bot.client.http.request(library.http.Route("GET", "/sticker-packs"))
        kinds = [one.kind for one in discord.violations]
        assert kinds == ["bad_request", "bad_request", "unknown_route"]


async def test_an_interaction_is_answered_in_time_and_for_a_quarter_of_an_hour() -> None:
    start, passed = datetime.now(UTC), [0]
    async with Loopback.started(clock=lambda: start + timedelta(seconds=passed[0])) as discord:
        _, channel, alice, _ = community(discord)
        client = library.AutoShardedClient(intents=library.Intents.default())
        heard: asyncio.Queue[Any] = asyncio.Queue()

        @client.event
        async def on_interaction(interaction: library.Interaction[Any]) -> None:
            heard.put_nowait(interaction)

        async with online(discord, client):
            await discord.heard()
            late = discord.submits(alice, channel, "form", {"name": "x"})
            passed[0] += 4
            with pytest.raises(library.NotFound) as unknown:
                await (await heard.get()).response.send_message("late")
            assert (unknown.value.code, late.answer) == (10062, None)
            assert [one.kind for one in discord.violations] == ["acknowledged_late"]

            asked = discord.submits(alice, channel, "form", {"name": "x"})
            interaction = await heard.get()
            await interaction.response.defer(thinking=True)
            assert asked.answer is not None and asked.shown is None
            await interaction.followup.send("first")
            await interaction.followup.send("second")
            await interaction.edit_original_response(content="changed")
            assert asked.history == ["first", "changed"]
            assert [one.text for one in asked.follow_ups] == ["second"]
            assert channel.said == ["changed", "second"]
            passed[0] += 15 * 60 + 1
            with pytest.raises(library.HTTPException) as gone:
                await interaction.followup.send("too late")
            assert (gone.value.status, gone.value.code) == (401, 50027)
