"""What was missed is fetched: the whole way, through a loopback Discord and the real client."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.gateway import backfill
from bot.gateway.backfill import Backfill
from events.gaps import GapFilled, GapRecorded
from events.guilds import GuildLeft
from events.members import MemberJoined, MemberLeft, MemberUpdated
from events.messages import MessageCreated, MessageEdited
from events.polls import PollVoted, PollVoteWithdrawn
from events.reactions import ReactionAdded, ReactionRemoved
from events.threads import ThreadCreated
from projections.engine import worker
from sql.pool import Database
from tests.support.connected import Connected, connected
from tests.support.discord import Loopback, Terms, faults
from tests.support.discord.acts import THUMB
from tests.support.discord.models import Channel, Guild, Member, Message

MOST = 250


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Town:
    """A loopback Discord with one server, and the bot in it."""

    discord: Loopback
    guild: Guild
    channel: Channel
    alice: Member
    bob: Member
    bot: Connected

    def lose(self) -> None:
        """The bot's session is gone; what happens now, it is not told."""
        self.discord.faults.add(faults.Cut())
        self.discord.sessions.expire()

    async def facts(self) -> list[Any]:
        """What is in the lake when everything that was told has been taken in."""
        return await self.bot.recorded(self.guild.id)


@asynccontextmanager
async def town(
    database: Database, *, crowd: int = 0, terms: Terms | None = None, **options: Any
) -> AsyncIterator[Town]:
    """Alice, Bob and a ``crowd``; ``options`` are the client's."""
    async with Loopback.started(terms=terms) as discord:
        guild = discord.add_guild("Guild A")
        channel = guild.add_text_channel("general")
        alice, bob = guild.add_member("alice"), guild.add_member("bob")
        for number in range(crowd):
            guild.add_member(f"m{number}")
        async with connected(discord, database, **options) as bot:
            bot.client.before_identify_hook = _at_once  # type: ignore[method-assign]
            yield Town(discord, guild, channel, alice, bob, bot)


async def fills(
    bot: Connected, *, most: int = MOST, may_act: Callable[[], bool] = lambda: True
) -> int:
    """Fill the gaps that there are; how many."""
    await bot.capture.drain()
    await bot.discord.heard()
    await bot.capture.drain()
    worker.drain(bot.database)
    backfill = Backfill(bot.client, bot.database, bot.capture, now, most=most, may_act=may_act)
    filled = await backfill.once()
    await bot.capture.drain()
    worker.drain(bot.database)
    return filled


async def halfway(t: Town) -> tuple[Message, "asyncio.Task[int]"]:
    """A message that Bob reacted to in the gap, and the filling of it: the page of his reaction is
    on its way."""
    message = t.discord.says(t.alice, t.channel)
    t.discord.reacts(t.bob, message)
    await t.bot.capture.drain()
    await t.discord.heard()
    route = f"GET /channels/{t.channel.id}/messages/{message.id}/reactions/*"
    slow = t.discord.faults.add(faults.Slow(route=route, by=0.3))
    filling = asyncio.create_task(fills(t.bot))
    while not slow.struck:
        await asyncio.sleep(0)
    return message, filling


def of(facts: list[Any], kind: type) -> list[Any]:
    """Those of ``facts`` that are of one kind."""
    return [fact for fact in facts if isinstance(fact, kind)]


async def test_what_happened_between_two_sessions_is_fetched_once(database: Database) -> None:
    async with town(database) as t:
        discord = t.discord
        before = discord.says(t.alice, t.channel)
        discord.reacts(t.bob, before)
        await t.facts()
        t.lose()
        missed = [discord.says(t.bob, t.channel, "missed") for _ in range(3)]
        discord.edits(missed[0], "missed it")
        discord.reacts(t.alice, missed[1])
        discord.unreacts(t.bob, before)
        thread = discord.opens(t.alice, t.channel)
        discord.says(t.alice, thread)
        carol = discord.joins(t.guild, "carol")
        discord.renames(t.alice, "Al")
        discord.parts(t.bob)
        await discord.heard()
        assert await fills(t.bot) == 1
        facts = await t.facts()
        assert await fills(t.bot) == 0
        assert await t.facts() == facts

    (gap,), (filled,) = of(facts, GapRecorded), of(facts, GapFilled)
    assert (gap.cause, filled.began_ms) == ("session", gap.began_ms)
    assert (filled.channels, filled.forbidden, filled.cut) == (2, 0, 0)
    written = [before, *missed, *thread.messages.values()]
    assert {fact.message_id for fact in of(facts, MessageCreated)} == {one.id for one in written}
    assert [fact.occurred_at for fact in of(facts, MessageEdited)] == [_ms(missed[0].edited_at)]
    assert [(f.message_id, f.user_id, f.ordinal) for f in of(facts, ReactionAdded)] == [
        (before.id, t.bob.id, 1),
        (missed[1].id, t.alice.id, 1),
    ]
    (removed,) = of(facts, ReactionRemoved)
    assert (removed.message_id, removed.user_id) == (before.id, t.bob.id)
    assert [fact.thread_id for fact in of(facts, ThreadCreated)] == [thread.id]
    assert [fact.user_id for fact in of(facts, MemberLeft)] == [t.bob.id]
    assert carol.id in {fact.user_id for fact in of(facts, MemberJoined)}
    assert [(fact.user_id, fact.nick) for fact in of(facts, MemberUpdated)] == [(t.alice.id, "Al")]
    assert discord.violations == []


async def test_a_question_for_members_that_is_never_answered_is_asked_once_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It went down with a connection, and discord.py waited for it for ever."""
    monkeypatch.setattr(backfill, "UNANSWERED", 0.2)
    async with town(database) as t:
        await t.facts()
        t.discord.faults.add(faults.Drop(event="GUILD_MEMBERS_CHUNK"))
        t.lose()
        carol = t.discord.joins(t.guild, "carol")
        await t.discord.heard()
        assert await fills(t.bot) == 1
        assert carol.id in [fact.user_id for fact in of(await t.facts(), MemberJoined)]


async def test_a_thread_whose_opening_discord_skipped_is_found(database: Database) -> None:
    async with town(database) as t:
        await t.facts()
        t.discord.faults.add(faults.Drop(event="THREAD_CREATE"))
        thread = t.discord.opens(t.alice, t.channel)
        t.discord.faults.add(faults.Drop(event="MESSAGE_CREATE"))
        word = t.discord.says(t.alice, thread)
        t.discord.says(t.alice, t.channel)
        while not of(await t.facts(), GapRecorded):  # who skips something may only be late
            t.bot.capture.note(ended=False)
            await asyncio.sleep(0.05)
        assert await fills(t.bot) == 1
        facts = await t.facts()
        assert [fact.thread_id for fact in of(facts, ThreadCreated)] == [thread.id]
        assert word.id in [fact.message_id for fact in of(facts, MessageCreated)]


@pytest.mark.parametrize("brief", [False, True])
async def test_a_thread_that_was_archived_in_the_gap_is_read(
    database: Database, monkeypatch: pytest.MonkeyPatch, brief: bool
) -> None:
    """bug: Discord tells of open threads only, so what was written in one that was archived before
    the bot was back was lost. After a brief gap forums alone are asked."""
    if not brief:
        monkeypatch.setattr(backfill, "BRIEF", timedelta(0))
    async with town(database) as t:
        discord = t.discord
        posts = t.guild.add_forum("posts")
        asleep, thread = (discord.opens(t.alice, t.channel) for _ in range(2))
        discord.says(t.bob, asleep)
        discord.archives(asleep)
        asleep.turned_at = now() - timedelta(hours=1)
        await t.facts()
        t.lose()
        word = discord.says(t.bob, thread)
        post = discord.opens(t.bob, posts, "a post")
        discord.archives(thread)
        discord.archives(post)
        await discord.heard()
        assert await fills(t.bot) == 1
        facts = await t.facts()
        read = {fact.message_id for fact in of(facts, MessageCreated)}
        assert (post.id in read, word.id in read) == (True, not brief)
        assert [f.thread_id for f in of(facts, ThreadCreated)] == [asleep.id, thread.id, post.id]
        (filled,) = of(facts, GapFilled)
        assert (filled.channels, filled.cut) == (1 if brief else 2, 0)  # not the one asleep
        assert discord.violations == []


async def test_votes_in_a_poll_are_compared(database: Database) -> None:
    """Only with the Message Content intent does Discord show what is in a message."""
    terms = Terms(privileged=frozenset({"members", "message_content"}))
    async with town(database, terms=terms, message_content=True) as t:
        poll = t.discord.asks(t.bob, t.channel, "Tea?", "yes", "no", multiple=True)
        t.discord.votes(t.bob, poll, 1)
        await t.facts()
        t.lose()
        t.discord.unvotes(t.bob, poll, 1)
        t.discord.votes(t.bob, poll, 2)
        t.discord.votes(t.alice, poll, 1)
        assert await fills(t.bot) == 1
        facts = await t.facts()
    assert [(f.user_id, f.answer_id) for f in of(facts, PollVoteWithdrawn)] == [(t.bob.id, 1)]
    assert {(f.user_id, f.answer_id) for f in of(facts, PollVoted)} == {
        (t.bob.id, 1),
        (t.bob.id, 2),
        (t.alice.id, 1),
    }


async def test_what_we_may_not_read_and_what_is_too_much_is_counted(database: Database) -> None:
    async with town(database) as t:
        secret, other = t.guild.add_text_channel("secret"), t.guild.add_text_channel("other")
        t.lose()
        for channel in (t.channel, secret, other):
            for _ in range(3):
                t.discord.says(t.alice, channel)
        route = f"GET /channels/{secret.id}/*"
        t.discord.faults.add(faults.Fails(route=route, status=403, code=50013))
        assert await fills(t.bot, most=2) == 1
        facts = await t.facts()
    (filled,) = of(facts, GapFilled)
    assert (filled.channels, filled.forbidden, filled.cut, filled.messages) == (2, 1, 2, 4)
    assert len(of(facts, MessageCreated)) == 4


async def test_a_gap_stays_open_until_discord_answers(database: Database) -> None:
    async with town(database) as t:
        t.lose()
        missed = [t.discord.says(t.alice, t.channel) for _ in range(3)]
        route = f"GET /channels/{t.channel.id}/messages"
        limited = t.discord.faults.add(faults.RateLimited(route=route, times=2))
        broken = t.discord.faults.add(faults.Fails(route=route, status=400, after=1))
        assert await fills(t.bot) == 0
        assert of(await t.facts(), GapFilled) == []
        assert await fills(t.bot) == 1
        facts = await t.facts()
    assert (limited.struck, broken.struck) == (2, 1)
    assert [fact.message_id for fact in of(facts, MessageCreated)] == [one.id for one in missed]


async def test_nothing_is_fetched_while_discord_refuses_too_much(database: Database) -> None:
    async with town(database) as t:
        t.lose()
        t.discord.says(t.alice, t.channel)
        assert await fills(t.bot, may_act=lambda: False) == 0
        assert t.discord.asked("GET", "/channels/{channel}/messages") == []
        assert await fills(t.bot) == 1


async def test_more_than_a_page_of_messages_and_of_reactions(database: Database) -> None:
    async with town(database, crowd=103) as t:
        crowd = [who for who in t.guild.members.values() if who.user.name.startswith("m")]
        t.lose()
        missed = [t.discord.says(who, t.channel) for who in crowd]
        for who in crowd:
            t.discord.reacts(who, missed[0])
        assert await fills(t.bot) == 1
        facts = await t.facts()
    assert [fact.message_id for fact in of(facts, MessageCreated)] == [one.id for one in missed]
    assert {fact.user_id for fact in of(facts, ReactionAdded)} == {who.id for who in crowd}


async def test_a_server_that_discord_was_without_is_fetched_and_nobody_has_left_it(
    database: Database,
) -> None:
    async with town(database) as t:
        t.discord.says(t.bob, t.channel)
        await t.facts()
        t.discord.fails(t.guild)
        missed = t.discord.says(t.alice, t.channel)
        t.discord.parts(t.bob)
        t.discord.recovers(t.guild)
        assert await fills(t.bot) == 1
        facts = await t.facts()
    assert [fact.cause for fact in of(facts, GapRecorded)] == ["unavailable"]
    assert missed.id in {fact.message_id for fact in of(facts, MessageCreated)}
    assert [fact.user_id for fact in of(facts, MemberLeft)] == [t.bob.id]
    assert of(facts, GuildLeft) == []


async def test_what_changes_while_it_is_fetched_is_as_it_is_in_the_end(database: Database) -> None:
    """A reaction is taken back, live, while the page that still has it is on its way."""
    async with town(database) as t:
        t.lose()
        message, filling = await halfway(t)
        t.discord.unreacts(t.bob, message)
        assert await filling == 1
        facts = await t.facts()
        keys = [f.source_id for f in facts if isinstance(f, ReactionAdded | ReactionRemoved)]
    assert len(of(facts, MessageCreated)) == 1
    assert keys == [f"{message.id}:reaction:{THUMB}:{t.bob.id}:2"]


async def test_a_member_who_changes_while_their_message_is_fetched_is_as_they_are_in_the_end(
    database: Database,
) -> None:
    """bug: the roles an author had when the fetching of reactions began were told after those that
    they had when it ended."""
    async with town(database) as t:
        role = t.guild.add_role("Red")
        t.discord.given(t.alice, role)
        t.lose()
        _, filling = await halfway(t)
        t.discord.taken(t.alice, role)
        assert await filling == 1
        roles = [f.roles for f in of(await t.facts(), MemberUpdated) if f.user_id == t.alice.id]
    assert roles[-1] == []


async def test_a_change_of_a_member_that_discord_skipped_is_found_and_stays(
    database: Database,
) -> None:
    """bug: it was found, and then told away again by what discord.py had cached of an author."""
    async with town(database) as t:
        t.discord.says(t.alice, t.channel)
        await t.facts()
        role = t.guild.add_role("Red")
        t.discord.faults.add(faults.Drop(event="GUILD_MEMBER_UPDATE"))
        t.discord.given(t.alice, role)
        t.discord.says(t.bob, t.channel)
        while not of(await t.facts(), GapRecorded):  # who skips something may only be late
            t.bot.capture.note(ended=False)
            await asyncio.sleep(0.05)
        assert await fills(t.bot) == 1
        roles = [f.roles for f in of(await t.facts(), MemberUpdated) if f.user_id == t.alice.id]
    assert roles[-1] == [role.id]


def _ms(moment: datetime | None) -> datetime:
    assert moment is not None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


async def _at_once(shard_id: int | None, *, initial: bool = False) -> None:
    """Identify without the five seconds that Discord wants."""
