"""The whole way through the loopback Discord: the unpatched client over real sockets."""

from typing import Any

import pytest

from bot.effects.posting import nonce
from bot.gateway.translate import translators
from events.messages import MessageCreated, MessageEdited
from events.polls import PollVoted, PollVoteWithdrawn
from events.reactions import ReactionAdded, ReactionRemoved
from events.voice import VoiceJoined, VoiceLeft
from sql.pool import Database
from tests.support.connected import connected
from tests.support.discord import Loopback, faults
from tests.support.discord.acts import THUMB
from tests.support.discord.models import Guild, Payload
from tests.support.meeting import community


async def test_what_people_do_becomes_facts(database: Database) -> None:
    async with Loopback.started() as discord:
        guild, channel, alice, bob = community(discord)
        room = guild.add_voice_channel("Room")
        async with connected(discord, database) as bot:
            assert {member.id for member in bot.client.guilds[0].members} == set(guild.members)
            message = discord.says(alice, channel, "hello")
            discord.edits(message, "hello there")
            discord.reacts(bob, message)
            discord.unreacts(bob, message)
            discord.enters(alice, room)
            discord.leaves(alice)
            poll = discord.asks(bob, channel, "Tea?", "yes", "no")
            discord.votes(alice, poll, 1)
            discord.unvotes(alice, poll, 1)
            facts = await bot.recorded(guild.id)
            told = [type(fact) for fact in facts[2:]]
        assert told == [
            MessageCreated,
            MessageEdited,
            ReactionAdded,
            ReactionRemoved,
            VoiceJoined,
            VoiceLeft,
            MessageCreated,
            PollVoted,
            PollVoteWithdrawn,
        ]
        assert discord.violations == []


async def test_everything_that_capture_knows_can_be_told(database: Database) -> None:
    async with Loopback.started() as discord:
        guild, channel, alice, bob = community(discord)
        room, forum = guild.add_voice_channel("Room"), guild.add_forum("ideas")
        told: set[str] = set()
        dispatch = discord.world.emit

        def noted(name: str, of: Guild | None, data: Payload) -> None:
            told.add(name)
            dispatch(name, of, data)

        discord.world.emit = noted
        async with connected(discord, database) as bot:
            one, two = (discord.says(alice, channel, str(n)) for n in range(2))
            discord.says(bob, channel, "an answer", reference=one)
            discord.edits(one, "1")
            for emoji in (THUMB, "tally:77"):
                discord.reacts(bob, one, emoji)
            discord.clears(one, THUMB)
            discord.clears(one)
            discord.reacts(bob, one)
            discord.unreacts(bob, one)
            poll = discord.asks(alice, channel, "Tea?", "yes", "no")
            discord.votes(bob, poll)
            discord.unvotes(bob, poll)
            thread = discord.opens(alice, channel, on=one)
            discord.says(bob, thread)
            discord.archives(discord.opens(bob, forum, "a post"))
            carol = discord.joins(guild, "carol")
            discord.given(carol, guild.add_role("Regulars"))
            evening = discord.announces(alice, room=room)
            for status in (2, 3):
                discord.stands(evening, status)
            discord.calls_off(discord.announces(alice))
            discord.enters(carol, room, self_mute=True)
            discord.turns(carol, self_mute=False)
            discord.parts(carol)
            discord.deletes(one)
            discord.deletes(two, poll)
            discord.add_guild("Guild B")
            discord.fails(guild)
            discord.recovers(guild)
            facts = await bot.recorded(guild.id)
            discord.expels(guild)
            left = await bot.recorded(guild.id)
        assert told >= set(translators())
        assert {fact.event_type for fact in facts} >= {
            "message_create",
            "message_edit",
            "message_delete",
            "reaction_add",
            "reaction_remove",
            "reaction_clear",
            "poll_vote",
            "poll_vote_withdrawn",
            "thread_create",
            "member_join",
            "member_update",
            "member_leave",
            "scheduled_event_start",
            "scheduled_event_end",
            "voice_join",
            "voice_state",
            "voice_leave",
            "guild_join",
        }
        assert left[-1].event_type == "guild_leave"
        assert discord.violations == []


async def test_a_command_is_answered(database: Database) -> None:
    async with Loopback.started() as discord:
        _, channel, alice, _ = community(discord)
        async with connected(discord, database):
            reply = await discord.command(alice, channel, "profile").reply()
            assert "Nothing here yet" in reply.text
        assert [one.status for one in discord.requests] == [200] * len(discord.requests)
        assert discord.violations == []


async def test_what_happened_while_the_socket_was_cut_is_replayed(database: Database) -> None:
    async with Loopback.started() as discord:
        guild, channel, alice, _ = community(discord)
        async with connected(discord, database) as bot:
            discord.says(alice, channel)
            await discord.heard()
            discord.faults.add(faults.Cut())
            discord.says(alice, channel)
            discord.says(alice, channel)
            assert len(await bot.recorded(guild.id, MessageCreated)) == 3
            assert (discord.sessions.identifies, discord.sessions.resumes) == (1, 1)


async def test_what_happened_before_a_new_session_is_lost_and_in_the_history(
    database: Database,
) -> None:
    async with Loopback.started() as discord:
        guild, channel, alice, _ = community(discord)
        async with connected(discord, database, hurried=True) as bot:
            discord.faults.add(faults.Cut())
            discord.sessions.expire()
            discord.says(alice, channel)
            await discord.heard()
            assert await bot.recorded(guild.id, MessageCreated) == []
            assert discord.sessions.identifies == 2
            found = bot.client.get_channel(channel.id)
            history = [message.id async for message in found.history(limit=5)]  # type: ignore[union-attr]
            assert history == list(channel.messages)


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_a_429_is_waited_out(database: Database, scope: str) -> None:
    async with Loopback.started() as discord:
        _, channel, _, _ = community(discord)
        async with connected(discord, database) as bot:
            limited = discord.faults.add(
                faults.RateLimited(route="POST /channels/*", scope=scope, times=2)
            )
            await bot.client.get_channel(channel.id).send("hello")  # type: ignore[union-attr]
            assert limited.struck == 2
        assert channel.said == ["hello"]
        assert [one.status for one in discord.requests[-3:]] == [429, 429, 200]


async def test_a_message_with_the_same_nonce_is_the_same_message(database: Database) -> None:
    async with Loopback.started() as discord:
        guild, channel, _, _ = community(discord)
        async with connected(discord, database) as bot:
            place: Any = bot.client.get_channel(channel.id)
            mark = nonce(guild.id, 7)
            first = await place.send("hello", nonce=mark)
            again = await place.send("hello", nonce=mark)
            other = await place.send("hello", nonce=nonce(guild.id, 8))
            assert first.id == again.id != other.id
        assert channel.said == ["hello", "hello"]
