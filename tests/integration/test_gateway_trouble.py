"""Gateway trouble, the whole way: what the bot knows in the end is what it would know without."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.gateway.backfill import Backfill
from events.engine.snowflake import to_ms
from events.gaps import GapRecorded
from events.messages import MessageCreated
from events.reactions import ReactionAdded, ReactionRemoved
from events.voice import VoiceJoined, VoiceLeft, VoiceStateChanged
from projections.engine import worker
from sql.embedded import Server
from sql.migrate import connect
from sql.pool import Database
from tests.support import postgres
from tests.support.connected import Connected, connected
from tests.support.discord import Loopback, faults
from tests.support.discord.faults import Fault
from tests.support.discord.models import Channel, Guild, Member

RIGHT = {
    "profiles": "xp, user_id, is_bot, present, stars, level, streak, roles",
    "user_stats": "user_id, season, messages, reactions_given, reactions_received, threads, xp",
    "member_days": "user_id, day, xp, stars, messages",
}
"""What must not differ from what an uninterrupted bot knows."""


def now() -> datetime:
    return datetime.now(UTC)


class Town:
    """One server with two members and a room."""

    def __init__(self, discord: Loopback) -> None:
        self.discord = discord
        self.guild: Guild = discord.add_guild("Guild A")
        self.channel: Channel = self.guild.add_text_channel("general")
        self.room: Channel = self.guild.add_voice_channel("Room")
        self.alice: Member = self.guild.add_member("alice")
        self.bob: Member = self.guild.add_member("bob")

    def lose(self, bot: Connected) -> "asyncio.Task[Any]":
        """This bot's session is gone, and nothing is replayed to it; done when it has another."""
        back = asyncio.ensure_future(bot.client.wait_for("shard_ready"))
        bot.client.before_identify_hook = _at_once  # type: ignore[method-assign]
        mine = bot.client._get_websocket(shard_id=0).session_id
        for session in list(self.discord.sessions._alive()):
            if session.id == mine:
                assert session.socket is not None
                session.socket.cut()
                self.discord.sessions.forget(session)
        return back


async def _at_once(shard_id: int | None, *, initial: bool = False) -> None:
    """Identify without the five seconds that Discord wants."""


async def settled(bot: Connected) -> None:
    """Everything that was told is in the lake and folded."""
    await bot.discord.heard()
    await bot.capture.drain()
    worker.drain(bot.database)


async def filled(bot: Connected) -> int:
    """Fill every gap; how many there were."""
    await settled(bot)
    count = await Backfill(bot.client, bot.database, bot.capture, now, most=500).once()
    await settled(bot)
    return count


def known(database: Database, table: str) -> list[Any]:
    """What is right in a read model; whoever did nothing need not be known."""
    with connect(database.dsn) as conn:
        columns = RIGHT[table]
        found = conn.execute(f"select {columns} from {table} order by {columns}".encode())
        return [row for row in found.fetchall() if row[0]]


@contextmanager
def another(server: Server) -> Iterator[Database]:
    with postgres.fresh(server) as url, Database(url) as opened:
        yield opened


@pytest.mark.parametrize("restarted", [False, True])
async def test_after_a_gap_the_bot_knows_what_it_would_know_without(
    database: Database, postgres_server: Server, restarted: bool
) -> None:
    async with Loopback.started() as discord:
        town = Town(discord)
        with another(postgres_server) as reference:
            async with connected(discord, reference) as steady:
                async with connected(discord, database) as bot:
                    _before(town)
                    await settled(bot)
                    await settled(steady)
                    if not restarted:
                        back = town.lose(bot)
                        _meanwhile(town)
                        await back
                        assert await filled(bot) == 1
                    bot.capture.note(ended=True)
                    await bot.capture.drain()
                if restarted:
                    _meanwhile(town)
                    async with connected(discord, database) as bot:
                        assert await filled(bot) == 1
                await settled(steady)
            for table in RIGHT:
                assert known(database, table) == known(reference, table), table


def _before(town: Town) -> None:
    said = town.discord.says(town.alice, town.channel)
    town.discord.reacts(town.bob, said)
    town.discord.says(town.bob, town.channel)


def _meanwhile(town: Town) -> None:
    first, second = list(town.channel.messages.values())
    discord, carol = town.discord, town.discord.joins(town.guild, "carol")
    answer = discord.says(carol, town.channel, reference=first)
    discord.reacts(town.alice, answer)
    discord.reacts(carol, second, "\N{FIRE}")
    discord.unreacts(town.bob, first)
    discord.edits(answer, "as I said")
    thread = discord.opens(carol, town.channel)
    for who in (carol, town.alice):
        discord.says(who, thread)
    discord.given(town.alice, town.guild.add_role("Artist"))
    discord.says(town.alice, town.channel)
    discord.parts(town.bob)


async def test_a_storm_of_fifty_reconnects_loses_and_doubles_nothing(database: Database) -> None:
    """Every third time the session is gone as well."""
    async with Loopback.started() as discord:
        town = Town(discord)
        async with connected(discord, database) as bot:
            said, on = [], True
            for number in range(50):
                if number % 3:
                    discord.faults.add(faults.Reconnect())
                back = None if number % 3 else town.lose(bot)
                said.append(discord.says(town.alice, town.channel))
                (discord.reacts if on else discord.unreacts)(town.bob, said[0])
                on = not on
                if back is not None:
                    await back
                await discord.heard(30)
            assert await filled(bot) == 17
            facts = await bot.recorded(town.guild.id)
    written = [fact.message_id for fact in facts if isinstance(fact, MessageCreated)]
    assert sorted(written) == [one.id for one in said]
    toggled = [fact for fact in facts if isinstance(fact, ReactionAdded | ReactionRemoved)]
    assert isinstance(toggled[-1], ReactionRemoved)
    assert len({fact.source_id for fact in toggled}) == len(toggled)


@pytest.mark.parametrize(
    "fault",
    [
        faults.Duplicate(event="MESSAGE_*", times=None),
        faults.Reorder(event="MESSAGE_*", times=None, chance=0.5),
        faults.Drop(event="MESSAGE_*", times=None, chance=0.3),
        faults.Delay(event="MESSAGE_*", times=None, chance=0.5, by=0.02),
        faults.Cut(event="MESSAGE_*", times=3, chance=0.3),
    ],
    ids=lambda fault: type(fault).__name__,
)
async def test_whatever_becomes_of_dispatches_each_message_is_there_once(
    database: Database, fault: Fault
) -> None:
    async with Loopback.started() as discord:
        town = Town(discord)
        async with connected(discord, database) as bot:
            discord.says(town.alice, town.channel)
            await settled(bot)
            discord.faults.add(fault)
            said = [discord.says(town.bob, town.channel) for _ in range(20)]
            for one in said:
                discord.reacts(town.alice, one)
            await discord.heard(30)
            discord.faults.clear()
            discord.says(town.alice, town.channel)
            await settled(bot)
            bot.capture.note(ended=True)  # nothing is waited for any more
            await filled(bot)
            facts = await bot.recorded(town.guild.id)
    assert fault.struck > 0
    written = [fact.message_id for fact in facts if isinstance(fact, MessageCreated)]
    assert sorted(written) == list(town.channel.messages)
    reacted = [fact.message_id for fact in facts if isinstance(fact, ReactionAdded)]
    assert sorted(reacted) == [one.id for one in said]
    assert isinstance(fault, faults.Drop) == any(isinstance(f, GapRecorded) for f in facts)


async def test_voice_is_not_paid_for_a_gap_inside_a_session(database: Database) -> None:
    async with Loopback.started() as discord:
        town = Town(discord)
        async with connected(discord, database) as bot:
            discord.enters(town.alice, town.room)
            await settled(bot)
            discord.faults.add(faults.Drop(event="MESSAGE_CREATE"))
            discord.says(town.bob, town.channel)
            discord.says(town.bob, town.channel)
            await discord.heard()
            bot.capture.note(ended=True)
            facts = await bot.recorded(town.guild.id)
    (gap,) = [fact for fact in facts if isinstance(fact, GapRecorded)]
    voice = [fact for fact in facts if isinstance(fact, VoiceJoined | VoiceLeft)]
    assert [type(fact) for fact in voice] == [VoiceJoined, VoiceLeft, VoiceJoined]
    assert isinstance(voice[1], VoiceLeft) and voice[1].unseen
    assert to_ms(voice[1].occurred_at) == max(gap.began_ms, to_ms(voice[0].occurred_at))
    assert to_ms(voice[2].occurred_at) >= gap.ended_ms


async def test_two_that_overlap_record_each_fact_once_and_no_gap(database: Database) -> None:
    async with Loopback.started() as discord:
        town = Town(discord)
        async with connected(discord, database) as old:
            discord.enters(town.alice, town.room)
            discord.says(town.alice, town.channel)
            await settled(old)
            old.capture.note()
            await old.capture.drain()
            async with connected(discord, database) as new:
                said = discord.says(town.bob, town.channel)
                discord.reacts(town.alice, said)
                discord.unreacts(town.alice, said)
                discord.reacts(town.alice, said)
                discord.enters(town.bob, town.room)
                discord.turns(town.alice, self_mute=True)
                discord.leaves(town.bob)
                await settled(old)
                await settled(new)
                old.capture.note(ended=True)
                await settled(old)
                new.capture.note()
                await settled(new)
                facts = await new.recorded(town.guild.id)
    assert len([f for f in facts if isinstance(f, MessageCreated)]) == 2
    toggles = [f.ordinal for f in facts if isinstance(f, ReactionAdded | ReactionRemoved)]
    assert toggles == [1, 2, 3]
    bobs = [type(f) for f in facts if f.user_id == town.bob.id and hasattr(f, "session_id")]
    assert bobs == [VoiceJoined, VoiceLeft]
    assert [f for f in facts if isinstance(f, GapRecorded)] == []
    (muted,) = [f for f in facts if isinstance(f, VoiceStateChanged)]
    assert (muted.user_id, muted.self_mute) == (town.alice.id, True)
