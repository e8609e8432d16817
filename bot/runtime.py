"""Starts and stops the parts: database, writer, worker, scheduler and, apart from them, the client.

Everything here has one owner and one order of stopping: Discord first (nothing new comes in), then
capture and the writer (what came in is on disk), then worker and scheduler, then the database.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress

import aiohttp
import discord
import structlog

from bot import metrics, tracing
from bot.answer import Services
from bot.automation import automations
from bot.background import Background, utc_now
from bot.client import Tallystick
from bot.cluster import Cluster
from bot.crowd import BATCH_WAITS, CONNECTIONS, Crowd, take_short_turns
from bot.database import open_database, open_for_capture
from bot.effects import endings, telling
from bot.effects.notices import Notices
from bot.effects.roles import RoleKeeper
from bot.gateway.backfill import Backfill
from bot.gateway.capture import Capture
from bot.gateway.spool import open_spool
from bot.health.gateway import Gateway
from bot.health.running import Recording, Tasks
from bot.health.server import served
from bot.health.sight import Sight
from bot.settings import Settings
from bot.turns import Turns
from bot.watch import Watch
from events.engine.errors import TallystickError
from events.engine.event import Event
from projections.engine.read_model import read_models
from sql.pool import Database
from sql.writer import Around, LakeWriter

log = structlog.get_logger("tallystick.runtime")

PARTS = ("bot", "worker", "scheduler")
FINISH_SECONDS = 5.0
"""How long whoever waits for an answer is waited for when the bot is stopped."""


class BadToken(TallystickError):
    """Discord does not let us in: the token is wrong, or an intent is not ticked."""


class DiscordUnreachable(TallystickError):
    """Discord does not answer at all."""


def run(settings: Settings, only: str | None = None) -> None:
    """Run the bot, the worker and the scheduler, or ``only`` one of them, until told to stop.

    Raises TallystickError with a sentence when it cannot start.
    """
    take_short_turns()
    parts = (only,) if only else PARTS
    capturing = "bot" in parts
    opened = open_for_capture(settings) if capturing else open_database(settings, migrating=True)
    tracing.start(settings.traces)
    try:
        with opened as database:
            asyncio.run(_until_stopped(settings, database, parts))
    finally:
        tracing.stop()


async def _until_stopped(settings: Settings, database: Database, parts: Sequence[str]) -> None:
    """Listen for the signals that stop us before anything is started that must be stopped."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C comes as KeyboardInterrupt
            loop.add_signal_handler(name, stop.set)
    crowd = Crowd()
    background = Background(
        database,
        with_worker="worker" in parts,
        with_scheduler="scheduler" in parts,
        crowd=crowd,
    )
    background.start()
    try:
        async with _looked_at(settings, database) as sight:
            sight.add(background)
            log.info("started", parts=parts)
            if "bot" in parts:
                await _run_bot(settings, database, crowd, stop, sight)
            else:
                await stop.wait()
    finally:
        await asyncio.to_thread(background.stop)
        log.info("stopped")


@asynccontextmanager
async def _looked_at(settings: Settings, database: Database) -> AsyncIterator[Sight]:
    """Health and metrics, at the port in the settings if there is one."""
    followers = [
        *read_models(),
        *(one.name for one in automations()),
        *(telling.NAME, endings.NAME),
    ]
    sight = Sight(database, followers, most_lag=settings.ready_lag)
    try:
        if settings.health_port:
            async with served(sight, settings.health_host, settings.health_port) as address:
                log.info("health_served", address=address)
                yield sight
        else:
            yield sight
    finally:
        sight.close()


async def _run_bot(
    settings: Settings, database: Database, crowd: Crowd, stop: asyncio.Event, sight: Sight
) -> None:
    """Connect, capture, answer, until ``stop`` is set or Discord refuses us."""
    assert settings.discord_token is not None
    desk = database.beside(CONNECTIONS)
    writer = LakeWriter(database, around=beside(crowd))
    services = Services(desk, writer, limit=settings.command_seconds, crowd=crowd)
    turns, cluster = Turns(database), Cluster(database.dsn, settings)
    client = Tallystick(services, message_content=settings.message_content, turns=turns)
    spool = open_spool(settings.spool_dir, limit=settings.spool_mb * 1024 * 1024)
    capture = Capture(database, writer, spool, folder=settings.spool_dir)
    capture.install(client)

    async def connect(token: str) -> None:
        await client.login(token)
        await cluster.join(client, await turns.wait_for_budget(client))
        await capture.start()
        await client.connect()

    connected = asyncio.create_task(connect(settings.discord_token.get_secret_value()))
    kept = asyncio.create_task(cluster.keep())
    gateway = Gateway(client, lambda: cluster.stands_by)
    may_act = client.invalid_requests.allow_effects
    running = [
        asyncio.create_task(effect.run(), name=type(effect).__name__)
        for effect in (
            RoleKeeper(client, database, utc_now, may_act=may_act),
            Notices(client, database, utc_now, may_act=may_act),
            Watch(capture),
            Backfill(client, database, capture, utc_now, most=settings.backfill, may_act=may_act),
            gateway,
        )
    ]
    for part in (gateway, Recording(capture, writer, desk), Tasks(running)):
        sight.add(part)
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({connected, kept, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for ended in (connected, kept):
            if ended.done():
                _explain(ended)
    finally:
        log.info("stopping", under_way=len(services.under_way))
        stopping.cancel()
        kept.cancel()
        for effect in running:
            effect.cancel()
        await services.finish(FINISH_SECONDS)
        capture.note(ended=True)
        await client.close()
        await capture.stop()
        spool.close()
        await asyncio.to_thread(writer.close)
        crowd.close()
        desk.close()
        await cluster.leave()
        connected.cancel()


def beside(crowd: Crowd) -> Around:
    """Around the writing of a batch: it gives way to the commands in ``crowd``."""

    def around(events: Sequence[Event]) -> AbstractContextManager[object]:
        crowd.give_way(BATCH_WAITS)
        return _batch(events)

    return around


@contextmanager
def _batch(events: Sequence[Event]) -> Iterator[None]:
    """Around the writing of a batch: it is measured and traced."""
    with metrics.writing(events), tracing.about("commit", events):
        yield


def _explain(ended: "asyncio.Task[None]") -> None:
    """Raise what ended the connection, in words that say what to do."""
    try:
        ended.result()
    except discord.LoginFailure as error:
        raise BadToken(
            "Discord does not accept the token. Reset it in the developer portal (Bot, Reset "
            "Token) and set DISCORD_TOKEN again."
        ) from error
    except discord.PrivilegedIntentsRequired as error:
        raise BadToken(
            "Tick 'Server Members Intent' for your application in the developer portal (Bot, "
            "Privileged Gateway Intents), and 'Message Content Intent' if you set "
            "TALLYSTICK_MESSAGE_CONTENT, then start again."
        ) from error
    except (aiohttp.ClientError, OSError) as error:
        raise DiscordUnreachable(
            f"Discord cannot be reached ({type(error).__name__}). Is there a network?"
        ) from error
    except discord.HTTPException as error:
        raise DiscordUnreachable(
            f"Discord does not let the bot in just now (status {error.status}). Start it again in "
            "a minute."
        ) from error
