"""A bot whose database goes away, or was never there, through real sockets."""

from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from events.messages import MessageCreated
from events.reactions import ReactionAdded, ReactionRemoved
from sql import embedded
from sql.pool import Database
from tests.support.connected import connected
from tests.support.discord import Loopback
from tests.support.faults import FAULTS, as_login
from tests.support.meeting import community

SECONDS = 0.8


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with Database(as_login(database_url)) as opened:
        yield opened


@pytest.mark.parametrize("name", ["killed", "hung"])
async def test_it_stays_connected_says_so_and_loses_nothing(
    postgres_server: embedded.Server, database_url: str, database: Database, name: str
) -> None:
    async with Loopback.started() as discord:
        guild, channel, alice, bob = community(discord)
        async with connected(discord, database, limit=SECONDS, seconds=SECONDS) as bot:
            first = discord.says(alice, channel)
            await bot.recorded(guild.id)
            with FAULTS[name](postgres_server, database_url):
                second = discord.says(alice, channel)
                discord.reacts(bob, first, "\N{THUMBS UP SIGN}")
                discord.unreacts(bob, first, "\N{THUMBS UP SIGN}")
                discord.reacts(bob, first, "\N{THUMBS UP SIGN}")
                await discord.heard()  # a heartbeat has said so
                told = (await discord.command(alice, channel, "balance").reply()).text
                assert "Nothing was changed" in told
                await bot.capture.taken()
                assert bot.capture.waiting.spooled
                await discord.heard()
                assert bot.client.is_ready() and not bot.client.is_closed()
            said = await bot.recorded(guild.id, MessageCreated)
            assert [m.source_id for m in said if m.user_id == alice.id] == [
                f"{message.id}:message_create" for message in (first, second)
            ]
            kinds = [type(e) for e in await bot.recorded(guild.id, ReactionAdded, ReactionRemoved)]
            assert kinds == [ReactionAdded, ReactionRemoved, ReactionAdded]
            assert discord.sessions.identifies == 1


async def test_it_starts_and_captures_while_its_database_is_away(
    postgres_server: embedded.Server, database_url: str, database: Database
) -> None:
    async with Loopback.started() as discord, AsyncExitStack() as stack:
        guild, channel, alice, _ = community(discord)
        with FAULTS["killed"](postgres_server, database_url):
            starting = connected(discord, database, limit=SECONDS, seconds=SECONDS)
            bot = await stack.enter_async_context(starting)
            said = discord.says(alice, channel)
            await discord.heard()
            await bot.capture.taken()
            assert bot.capture.waiting.spooled
        (fact,) = await bot.recorded(guild.id, MessageCreated)
        assert fact.source_id == f"{said.id}:message_create"
