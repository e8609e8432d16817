"""Starts and stops the parts: database, writer, worker, scheduler and, apart from them, the client.

Everything here has one owner and one order of stopping: Discord first (nothing new comes in), then
capture and the writer (what came in is on disk), then worker and scheduler, then the database.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from bot import automation, seasons
from bot.answer import Services
from bot.client import Tallystick
from bot.gateway.capture import Capture
from bot.settings import Settings
from events.engine.errors import TallystickError
from projections.engine import rebuild, worker
from sql import embedded, fingerprint
from sql.errors import DatabaseError, SchemaRefused
from sql.listen import Listener
from sql.migrate import check_history, connect, migrate
from sql.pool import Database
from sql.writer import LakeWriter

log = structlog.get_logger("tallystick.runtime")

RETRY_SECONDS = 5.0


class BadToken(TallystickError):
    """Discord does not accept the token."""


def utc_now() -> datetime:
    """The time; the only place where the running program asks for it."""
    return datetime.now(UTC)


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database, ready for use: embedded and migrated, or an own one whose schema is checked.

    Raises DatabaseUnreachable or SchemaRefused with a sentence that says what to do.
    """
    with ExitStack() as stack:
        if settings.database_url is None:
            server = embedded.start(settings.data_dir)
            stack.callback(server.cleanup)
            dsn = embedded.database_url(server)
            migrate(dsn)
        else:
            dsn = settings.database_url.get_secret_value()
        with connect(dsn) as conn:
            check_history(conn)
        rebuild.install(dsn)
        yield stack.enter_context(Database(dsn))


def check_schema(dsn: str) -> None:
    """Raises SchemaRefused naming each object that is not as this code expects it."""
    with connect(dsn) as conn:
        stale = {table.name for model in rebuild.outdated(conn) for table in model.tables}
        found = list(
            fingerprint.drift(fingerprint.take(conn), fingerprint.expected(), ignoring=stale)
        )
    if found:
        raise SchemaRefused("The database's schema has drifted:\n  " + "\n  ".join(found))


def rebuild_outdated(dsn: str) -> None:
    """Rebuild every read model whose version or table file has changed, beside the live tables."""
    with connect(dsn) as conn:
        models = rebuild.outdated(conn)
    if models:
        log.info("rebuild_started", read_models=[m.name for m in models])
        with suppress(rebuild.RebuildRunning):
            rebuild.rebuild(dsn, models)
            log.info("rebuild_done", read_models=[m.name for m in models])


class Background:
    """Worker and automations in one thread, the scheduler in another."""

    def __init__(
        self,
        database: Database,
        *,
        with_worker: bool,
        with_scheduler: bool,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Nothing runs before :meth:`start`."""
        self._database = database
        self._clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="worker") if with_worker else None
        self._scheduler = BackgroundScheduler(timezone=UTC) if with_scheduler else None

    def start(self) -> None:
        """Start what was asked for."""
        if self._thread is not None:
            self._thread.start()
        if self._scheduler is not None:
            self._scheduler.add_job(
                self._roll_seasons,
                "interval",
                minutes=1,
                next_run_time=self._clock(),
                coalesce=True,
                max_instances=1,
                id="seasons",
            )
            self._scheduler.start()

    def stop(self) -> None:
        """Finish the page at hand, then end."""
        self._stop.set()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        with Listener(self._database.dsn) as listener:
            while not self._stop.is_set():
                try:
                    if not (
                        worker.run_once(self._database, stop=self._stop)
                        + automation.run_once(self._database)
                    ):
                        listener.wait(worker.POLL_SECONDS)
                except DatabaseError as error:
                    log.warning("worker_waits", error=str(error).splitlines()[0])
                    self._stop.wait(RETRY_SECONDS)

    def _roll_seasons(self) -> None:
        try:
            for fact in seasons.roll_all(self._database, self._clock()):
                log.info(
                    "season",
                    type=fact.event.event_type,
                    guild=fact.event.guild_id,
                    position=fact.position,
                )
        except DatabaseError as error:
            log.warning("scheduler_waits", error=str(error).splitlines()[0])


def run(settings: Settings, only: str | None = None) -> None:
    """Run the bot, the worker and the scheduler, or ``only`` one of them, until told to stop.

    Raises TallystickError with a sentence when it cannot start.
    """
    parts = {only} if only else {"bot", "worker", "scheduler"}
    with open_database(settings) as database:
        check_schema(database.dsn)
        if "worker" in parts:
            rebuild_outdated(database.dsn)
        background = Background(
            database, with_worker="worker" in parts, with_scheduler="scheduler" in parts
        )
        background.start()
        try:
            log.info("started", parts=sorted(parts))
            asyncio.run(_until_stopped(settings, database, bot="bot" in parts))
        finally:
            background.stop()
            log.info("stopped")


async def _until_stopped(settings: Settings, database: Database, *, bot: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)
    if bot:
        await _bot(settings, database, stop)
    else:
        await stop.wait()


async def _bot(settings: Settings, database: Database, stop: asyncio.Event) -> None:
    import discord  # noqa: PLC0415

    token = settings.discord_token
    assert token is not None
    writer = LakeWriter(database)
    try:
        client = Tallystick(Services(database, writer))
        capture = Capture(database, writer)
        capture.install(client)
        await capture.start()
        running = asyncio.create_task(client.start(token.get_secret_value()))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            await client.close()
            await capture.stop()
        with suppress(asyncio.CancelledError):
            await running
    except discord.LoginFailure as error:
        raise BadToken(
            "Discord does not accept the token. Reset it in the developer portal "
            "and set DISCORD_TOKEN again."
        ) from error
    except discord.PrivilegedIntentsRequired as error:
        raise BadToken(
            "Tick 'Server Members Intent' for your application in the developer "
            "portal (Bot, Privileged Gateway Intents), then start again."
        ) from error
    finally:
        await asyncio.to_thread(writer.close)
