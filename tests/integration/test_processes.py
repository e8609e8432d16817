"""The program in real processes: killed with -9 at any moment, while its database dies too."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psycopg
import pytest

from sql import embedded, lake
from sql.pool import Database
from tests.simulation import audit
from tests.support import postgres
from tests.support.discord import Loopback, faults
from tests.support.dooms import Doom
from tests.support.histories import history
from tests.support.processes import Program

GUILDS = (1001, 1002, 1003)


@pytest.fixture(scope="module")
def doomed_server() -> Iterator[embedded.Server]:
    """A server of this module's own: it is killed."""
    with postgres.server() as running:
        yield running


@pytest.fixture
def worker(doomed_server: embedded.Server, tmp_path: Path) -> Iterator[Program]:
    """A worker, not started yet, for a database of its own."""
    with postgres.fresh(doomed_server) as url:
        program = Program("worker", ["run", "--only", "worker"], {"DATABASE_URL": url}, tmp_path)
        try:
            yield program
        finally:
            program.kill()


def write(database: Database, seed: int, length: int) -> None:
    with database.transaction(*GUILDS) as conn:
        for guild in GUILDS:
            lake.append(conn, history(guild, seed, length))


async def test_who_is_told_to_stop_finishes_what_was_asked(
    postgres_server: embedded.Server, tmp_path: Path
) -> None:
    with postgres.fresh(postgres_server) as url:
        async with Loopback.started() as discord:
            guild = discord.add_guild("Guild A")
            channel, alice = guild.add_text_channel("general"), guild.add_member("alice")
            bot = Program("bot", ["run"], {"DATABASE_URL": url}, tmp_path, discord.url)
            bot.start()
            try:
                await discord.heard(60)
                with psycopg.connect(url) as conn:
                    conn.execute("lock table event_lake in exclusive mode")
                    asked = discord.command(alice, channel, "daily")
                    await asked.acknowledged()  # it takes so long that it was deferred
                    bot.ask_to_stop()
                    await asyncio.sleep(0.3)  # who stops at once has stopped by now
                assert "1,000" in (await asked.reply()).text
                assert await asyncio.to_thread(bot.stop) == 0
            finally:
                bot.kill()


async def test_who_is_not_let_in_by_discord_says_so_in_a_sentence(
    postgres_server: embedded.Server, tmp_path: Path
) -> None:
    with postgres.fresh(postgres_server) as url:
        async with Loopback.started() as discord:
            discord.faults.add(faults.Fails(status=503, times=None, route="GET /users/@me"))
            bot = Program("bot", ["run"], {"DATABASE_URL": url}, tmp_path, discord.url)
            bot.start()
            assert await bot.dead(60)
        assert "does not let the bot in just now (status 503)" in bot.tail()
        assert "Traceback" not in bot.log.read_text("utf-8")


async def test_a_worker_outlives_its_database(
    doomed_server: embedded.Server, worker: Program
) -> None:
    url = worker.environment["DATABASE_URL"]
    with Database(url) as database:
        write(database, 1, 40)
        worker.start()
        await worker.said("started")
        postgres.kill(doomed_server)
        await worker.said("worker_waits")
        postgres.revive(doomed_server)
    with Database(url) as database:
        write(database, 2, 40)
        await audit.rest(database)
        assert list(audit.faults(database)) == []
    assert worker.stop() == 0


@pytest.mark.parametrize("seed", range(4))
async def test_a_worker_killed_at_any_word_with_its_database_loses_nothing(
    worker: Program, seed: int
) -> None:
    dice = Random(seed)
    with Database(worker.environment["DATABASE_URL"]) as database:
        for life in range(3):
            worker.start(Doom("word", dice.randrange(1, 150), after=dice.random() < 0.5))
            await worker.said("started", times=life + 1)
            worker.arm()
            write(database, 10 * seed + life, 30)
            assert await worker.dead(30), "its moment never came"
        worker.start()
        await audit.rest(database)
        assert worker.stop() == 0
        assert list(audit.faults(database)) == []
