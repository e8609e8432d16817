"""What those who look at this process from outside are told."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest

from bot import metrics
from bot.health import database as checks
from bot.health.asking import PATIENCE, Question
from bot.health.findings import Finding, Part
from sql.errors import DatabaseError
from sql.pool import Database

KEEP_SECONDS = 10.0
"""How old the look at everything that waits may be: however many ask, it is had once in this."""


class Sight:
    """Asks the parts of this process and the database how they are."""

    def __init__(
        self,
        database: Database,
        followers: Sequence[str],
        *,
        most_lag: float = checks.SLOW_SECONDS,
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        """``followers`` are the names whose lag is shown; ``most_lag`` is in seconds."""
        self._database = database
        self._most_lag = most_lag
        self._registry = registry
        self._parts: list[Part] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._probe = Question(self._thread, partial(checks.answers, database), 0.0)
        self._waiting = Question(
            self._thread, partial(checks.look_up, database, followers), KEEP_SECONDS
        )

    def add(self, part: Part) -> None:
        """Look at this part too."""
        self._parts.append(part)

    def close(self) -> None:
        """Ask nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def alive(self) -> list[Finding]:
        """Whether every part is at work. That this is answered says that the event loop turns."""
        return [finding for part in self._parts for finding in part.alive()]

    async def ready(self) -> list[Finding]:
        """Whether every part can do what it is there for, and the database too."""
        found = [finding for part in self._parts for finding in part.ready()]
        try:
            answers = await self._probe.answer()
        except TimeoutError:
            answers = [Finding("database", "wrong", f"no answer within {PATIENCE:.0f} seconds")]
        found = [*self.alive(), *found, *answers]
        if all(finding.state == "fine" for finding in answers):
            found += await self._behind()
        return found

    async def _behind(self) -> Iterable[Finding]:
        try:
            waiting = await self._waiting.answer()
        except (TimeoutError, DatabaseError) as error:
            return [Finding("lag", "wrong", f"it cannot be told ({type(error).__name__})")]
        return [checks.lag(waiting.backlogs, self._most_lag), checks.stopped(waiting.backlogs)]

    async def metrics(self) -> bytes:
        """Everything that is counted and measured, as Prometheus reads it."""
        for part in self._parts:
            part.measure()
        metrics.show_pool(self._database.use())
        try:
            waiting = await self._waiting.answer()
        except (TimeoutError, DatabaseError):
            metrics.forget_waiting()
        else:
            metrics.show_waiting(waiting.backlogs, waiting.acts)
        return generate_latest(self._registry)


def is_wrong(findings: Iterable[Finding]) -> bool:
    """Whether something vital among these is wrong."""
    return any(finding.state == "wrong" and finding.vital for finding in findings)
