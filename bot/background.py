"""What runs beside the Discord client: workers with the automations, the scheduler.

Apart from the client on purpose: each can run in a process of its own, and in any number.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from structlog.contextvars import bound_contextvars

from bot import automation, metrics, schedule, tracing
from bot.crowd import PAGE_WAITS, Crowd
from bot.health.findings import Finding, Part, at_work
from bot.standstill import Standstill
from projections.engine import rebuild, worker
from sql.errors import DatabaseError, DatabaseUnreachable
from sql.listen import Listener
from sql.migrate import connect
from sql.pool import Database

log = structlog.get_logger("tallystick.background")

RETRY_SECONDS = 5.0
DUE_MINUTES = 1


def utc_now() -> datetime:
    """The time; the only place where the running program asks for it."""
    return datetime.now(UTC)


def rebuild_outdated(dsn: str) -> list[str]:
    """Rebuild every read model whose version or table file has changed, beside the live tables;
    returns their names. Another process that is already at it is left to it."""
    with connect(dsn) as conn:
        models = rebuild.outdated(conn)
    names = [model.name for model in models]
    if models:
        log.info("rebuild_started", read_models=names)
        with suppress(rebuild.RebuildRunning):
            for one in rebuild.rebuild(dsn, models):
                log.error("not_rebuilt", guild=one.guild_id, read_model=one.name, error=str(one))
            log.info("rebuild_done", read_models=names)
    return names


def _failed(guild_id: int, error: Exception) -> None:
    """In one guild the worker could not work: it is tried again in the next round."""
    if isinstance(error, DatabaseError):
        log.warning("guild_waits", guild=guild_id, error=str(error).splitlines()[0])
    else:
        log.error("guild_failed", guild=guild_id, exc_info=error)


@contextmanager
def _page(guild_id: int) -> Iterator[tracing.Told]:
    """Around the folding of a guild's page: it is measured and traced, and what is logged in it
    says where."""
    with (
        bound_contextvars(guild=guild_id),
        metrics.timed(metrics.WORKER_SECONDS),
        tracing.about("fold", guild=guild_id) as told,
    ):
        yield told


class Background(Part):
    """Starts and stops worker and scheduler."""

    def __init__(
        self,
        database: Database,
        *,
        with_worker: bool,
        with_scheduler: bool,
        clock: Callable[[], datetime] = utc_now,
        crowd: Crowd | None = None,
    ) -> None:
        """Nothing runs before :meth:`start`. The worker gives way to the commands in ``crowd``."""
        self._crowd = crowd or Crowd()
        self._database = database
        self._clock = clock
        self._stop = threading.Event()
        self._standstill = Standstill()
        self._workers = [
            threading.Thread(target=work, name=work.__name__.strip("_"))
            for work in ((self._work, self._help) if with_worker else ())
        ]
        self._scheduler = BackgroundScheduler(timezone=UTC) if with_scheduler else None

    def start(self) -> None:
        """Start what was asked for."""
        for thread in self._workers:
            thread.start()
        if self._scheduler is not None:
            self._scheduler.add_job(
                self._do_what_is_due,
                "interval",
                minutes=DUE_MINUTES,
                next_run_time=utc_now(),  # the scheduler's own clock, not the one it hands on
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
                id="due",
            )
            self._scheduler.start()

    def stop(self) -> None:
        """Finish the page at hand, then end."""
        self._stop.set()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
        for thread in self._workers:
            thread.join()

    def alive(self) -> Iterator[Finding]:
        """Whether each thread that was started is still there."""
        for thread in self._workers:
            yield at_work(f"thread {thread.name}", thread.is_alive())
        if self._scheduler is not None:
            yield at_work("scheduler", self._scheduler.running)

    def _work(self) -> None:
        """Rebuild what is outdated, then keep everything at the head until told to stop."""
        self._rebuild()
        with Listener(self._database.dsn) as listener:
            self._go_on(lambda: self._fold(listener.wait, also=self._follow))

    def _follow(self, database: Database) -> int:
        """What is done beside folding; how much there was to do."""
        self._standstill.look(database)
        return automation.run_once(database)

    def _help(self) -> None:
        """Join in when there is a backlog: while one worker waits for the database the other
        folds (a third gains nothing: measured). Not woken by events, so as not to be in the way.
        """
        self._go_on(lambda: self._fold(self._stop.wait))

    def _fold(self, wait: Callable[[float], object], **also: Callable[[Database], int]) -> None:
        worker.run(
            self._database,
            wait,
            self._stop,
            failed=_failed,
            progress=metrics.FOLDED.inc,
            around=self._around,
            **also,
        )

    def _around(self, guild_id: int) -> AbstractContextManager[tracing.Told]:
        self._crowd.give_way(PAGE_WAITS)
        return _page(guild_id)

    def _go_on(self, work: Callable[[], None]) -> None:
        while not self._stop.is_set():
            try:
                work()
            except DatabaseError as error:
                log.warning("worker_waits", error=str(error).splitlines()[0])
                self._stop.wait(RETRY_SECONDS)
            except Exception:  # a bug must be seen, but one guild's must not end the others'
                log.exception("worker_failed")
                self._stop.wait(RETRY_SECONDS)

    def _rebuild(self) -> None:
        """A rebuild that fails leaves the live tables, and must not keep the worker from them. One
        for which the database is away waits for it, as the worker would."""
        while not self._stop.is_set():
            try:
                self._database.be_there()
                rebuild_outdated(self._database.dsn)
            except DatabaseUnreachable as error:
                log.warning("worker_waits", error=str(error).splitlines()[0])
                self._stop.wait(RETRY_SECONDS)
            except Exception:
                log.exception("rebuild_failed")
                return
            else:
                return

    def _do_what_is_due(self) -> None:
        try:
            for fact in schedule.run_due(self._database, self._clock()):
                log.info(
                    "due",
                    type=fact.event.event_type,
                    guild=fact.event.guild_id,
                    position=fact.position,
                )
        except DatabaseError as error:
            log.warning("scheduler_waits", error=str(error).splitlines()[0])
