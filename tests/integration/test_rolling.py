"""Several processes of the bot at one Discord: a rolling restart, clusters, and one that dies."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from events.claims import DailyClaimed
from events.engine.catalogue import decode
from events.engine.event import Event
from events.interactions import InteractionUsed
from events.messages import MessageCreated
from events.reactions import ReactionAdded, ReactionRemoved
from events.voice import VoiceJoined, VoiceLeft
from projections.engine import worker
from sql import lake
from sql.pool import Database
from tests.simulation import audit
from tests.support.discord import Loopback, Terms
from tests.support.discord.models import Channel, Member
from tests.support.processes import Program

PATIENCE = 60.0
ANSWERED_ALREADY = "Interaction has already been acknowledged."


@asynccontextmanager
async def discord_with(**terms: object) -> AsyncIterator[Loopback]:
    """As strict as Discord about who identifies when; who dies is forgotten at once."""
    told = Terms(identify_every=5.0, resumable=0.1, **terms)  # type: ignore[arg-type]
    async with Loopback.started(terms=told) as discord:
        yield discord


@contextmanager
def programs(
    discord: Loopback, database: Database, folder: Path, count: int, **settings: str
) -> Iterator[list[Program]]:
    """Processes of the bot, not started yet."""
    surroundings = {"DATABASE_URL": database.dsn, **settings}
    some = [
        Program(f"bot{n}", ["run", "--only", "bot"], surroundings, folder, discord.url)
        for n in range(count)
    ]
    try:
        yield some
    finally:
        for program in some:
            program.kill()


def community(discord: Loopback, name: str) -> tuple[int, Channel, Member]:
    guild = discord.add_guild(name)
    return guild.id, guild.add_text_channel("general"), guild.add_member("alice")


def facts(database: Database, guild: int, *kinds: type[Event]) -> list[Any]:
    with database.transaction(guild) as conn:
        events = map(decode, lake.read(conn, guild, 0, 10_000))
        return [event for event in events if isinstance(event, kinds)]


async def shards_are(discord: Loopback, *shards: int) -> None:
    """Wait until so many sessions of these shards have clients that have heard everything."""
    wanted = Counter(shards)
    await discord.until(
        lambda: Counter(one.shard[0] for one in discord.sessions.connected) == wanted, PATIENCE
    )
    await discord.heard(PATIENCE)


def misdeeds(discord: Loopback) -> list[str]:
    """What a bot must not do; the slower of two processes that answer the same may be told so."""
    return [one.what for one in discord.violations if ANSWERED_ALREADY not in one.what]


async def test_in_a_rolling_restart_nothing_is_lost_and_nothing_is_doubled(
    database: Database, tmp_path: Path
) -> None:
    async with discord_with() as discord:
        guild, channel, alice = community(discord, "Guild A")
        room = discord.guilds[guild].add_voice_channel("Room")
        with programs(discord, database, tmp_path, 2) as (old, new):
            old.start()
            await shards_are(discord, 0)
            said = [discord.says(alice, channel)]
            new.start()
            await shards_are(discord, 0, 0)
            for _ in range(3):
                said.append(discord.says(alice, channel))
                discord.reacts(alice, said[-1])
                discord.unreacts(alice, said[-1])
                discord.enters(alice, room)
                discord.leaves(alice)
            asked = discord.command(alice, channel, "daily")
            answer = await asked.reply(PATIENCE)
            await discord.heard(PATIENCE)
            stopping = asyncio.create_task(asyncio.to_thread(old.stop))
            while not stopping.done():
                said.append(discord.says(alice, channel))
                await asyncio.sleep(0.01)
            assert await stopping == 0
            await shards_are(discord, 0)
            said.append(discord.says(alice, channel))
            await discord.heard(PATIENCE)
            assert await asyncio.to_thread(new.stop) == 0
        hers = [one for one in facts(database, guild, MessageCreated) if one.user_id == alice.id]
        assert [one.message_id for one in hers] == [message.id for message in said]
        turns = (ReactionAdded, ReactionRemoved) * 3, (VoiceJoined, VoiceLeft) * 3
        assert tuple(map(type, facts(database, guild, ReactionAdded, ReactionRemoved))) == turns[0]
        assert tuple(map(type, facts(database, guild, VoiceJoined, VoiceLeft))) == turns[1]
        assert [used.outcome for used in facts(database, guild, InteractionUsed)] == ["ok"]
        assert len(facts(database, guild, DailyClaimed)) == 1
        assert asked.follow_ups == []
        assert [m for m in channel.messages.values() if m.author.bot] == [answer]
        assert "coins" in answer.text
        assert misdeeds(discord) == []
    worker.drain(database)
    assert list(audit.faults(database)) == []


async def test_who_waits_for_an_answer_gets_it_though_the_bot_is_told_to_stop(
    database: Database, tmp_path: Path
) -> None:
    async with discord_with() as discord:
        guild, channel, alice = community(discord, "Guild A")
        with programs(discord, database, tmp_path, 1) as (only,):
            only.start()
            await shards_are(discord, 0)
            with database.transaction(guild) as conn:
                lake.lock(conn, [guild])
                asked = discord.command(alice, channel, "daily")
                await asked.acknowledged(PATIENCE)
                stopping = asyncio.create_task(asyncio.to_thread(only.stop))
                await only.said("stopping", patience=PATIENCE)
            assert "coins" in (await asked.reply(PATIENCE)).text
            assert await stopping == 0
        assert len(facts(database, guild, DailyClaimed)) == 1
        assert misdeeds(discord) == []


async def test_a_spare_takes_the_shards_of_a_cluster_that_dies(
    database: Database, tmp_path: Path
) -> None:
    settings = {"SHARDS": "4", "CLUSTERS": "2", "CLUSTER_ID": "auto"}
    async with discord_with(shards=1, max_concurrency=2) as discord:
        places = [community(discord, f"Guild {n}") for n in range(4)]

        async def talk(*shards: int) -> None:
            await shards_are(discord, *shards)
            for _, channel, member in places:
                discord.says(member, channel)
            somebody = places[-1][2].user
            discord.says(somebody, discord.world.direct_channel(somebody))
            await discord.heard(PATIENCE)

        with programs(discord, database, tmp_path, 3, **settings) as (first, second, spare):
            first.start()
            await shards_are(discord, 0, 1)
            second.start()
            await shards_are(discord, 0, 1, 2, 3)
            spare.start()
            await spare.said("standing_by", patience=PATIENCE)
            await talk(0, 1, 2, 3)
            second.kill()
            await spare.said("joined", patience=PATIENCE)
            await talk(0, 1, 2, 3)
            second.start()
            await second.said("standing_by", patience=PATIENCE)
            assert [program.stop() for program in (second, first, spare)] == [0, 0, 0]
        for guild in (0, *(guild for guild, _, _ in places)):
            assert len(facts(database, guild, MessageCreated)) == 2
        assert misdeeds(discord) == []
