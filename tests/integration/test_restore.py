"""Yesterday's backup, the spool and Discord's history together: nothing is lost that any of them
knows, and nothing comes in twice."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.background import utc_now
from bot.cli import app
from bot.gateway.spool import open_spool
from events.gaps import GapFilled, GapRecorded
from events.messages import MessageCreated
from events.reactions import ReactionAdded
from projections.engine.read_model import read_models
from projections.engine.rebuild import verify
from sql import backup, chain
from sql.pool import Database
from tests.integration.test_backfill import fills
from tests.support.connected import connected
from tests.support.discord import Loopback
from tests.support.lives import Coming

DERIVED = {table.name for model in read_models().values() for table in model.tables}


async def called(*words: str) -> Result:
    """An operator's command, in a thread of its own."""
    return await asyncio.to_thread(CliRunner().invoke, app, words)


async def test_a_backup_the_spool_and_discords_history_give_back_everything(
    database_url: str, empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = tmp_path / "yesterday.zip"
    async with Loopback.started() as discord:
        guild = discord.add_guild("Guild A")
        channel = guild.add_text_channel("general")
        alice, bob = guild.add_member("alice"), guild.add_member("bob")
        lost = Coming(database_url)
        with lost, open_spool(tmp_path / "spool") as spool:
            spooled = spool.path
            async with connected(discord, lost, spool=spool) as bot:
                first = discord.says(alice, channel, "yesterday")
                await bot.recorded(guild.id)
                bot.capture.note()
                await bot.capture.drain()
                backup.take(lost.dsn, saved, without=DERIVED, now=utc_now())
                discord.says(bob, channel, "today, which the backup has not")
                discord.reacts(bob, first)
                await bot.recorded(guild.id)
                lost.away = True
                discord.says(alice, channel, "into the spool")
                await discord.heard()
                await bot.capture.taken()
                assert spool.depth > 0
        discord.says(bob, channel, "while there was no bot at all")

        monkeypatch.setenv("DATABASE_URL", empty_database_url)
        restored = await called("restore", str(saved))
        assert restored.exit_code == 0, restored.output
        imported = await called("spool", "import", str(spooled))
        assert imported.exit_code == 0 and "in the log now" in imported.output
        again = await called("spool", "import", str(spooled))
        assert again.exit_code == 0 and "0 steps are in the log" in again.output

        with Database(empty_database_url) as database:
            async with connected(discord, database, hurried=True) as bot:
                async with asyncio.timeout(60):
                    while not await fills(bot):  # another bot might see it: that is waited for
                        bot.capture.note()
                        await asyncio.sleep(0.5)
                facts = await bot.recorded(guild.id)
                assert await fills(bot) == 0
            with database.transaction(guild.id) as conn:
                assert list(chain.faults(conn, guild.id)) == []
            everything = list(read_models().values())
            assert verify(database.dsn, everything, processes=1).differences == []

    written = [fact.message_id for fact in facts if isinstance(fact, MessageCreated)]
    assert Counter(written) == Counter(dict.fromkeys(channel.messages, 1))
    assert len(channel.messages) == 4
    reactions = [fact for fact in facts if isinstance(fact, ReactionAdded)]
    assert [(fact.message_id, fact.user_id) for fact in reactions] == [(first.id, bob.id)]
    gaps = [fact for fact in facts if isinstance(fact, GapRecorded)]
    assert gaps and all(fact.ended_ms > fact.began_ms for fact in gaps)
    assert [fact for fact in facts if isinstance(fact, GapFilled)]
