"""How commands are used: in all and by day, with outcomes and the time they took."""

from dataclasses import dataclass
from datetime import date

from events.interactions import InteractionUsed
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class CommandStats:
    """Uses of one command (or button, menu, form), by outcome, and milliseconds in all."""

    kind: str
    name: str
    used: int
    refused: int
    failed: int
    duration_ms: int


@dataclass(slots=True)
class CommandStatsDaily:
    """The same for one UTC day."""

    day: date
    kind: str
    name: str
    used: int
    refused: int
    failed: int
    duration_ms: int


TOTALS = Table("command_stats", CommandStats, "tally", key=("kind", "name"))
DAILY = Table("command_stats_daily", CommandStatsDaily, "tally", key=("day", "kind", "name"))
READ_MODEL = ReadModel("command_stats", version=1, tables=(TOTALS, DAILY))


@READ_MODEL.on(InteractionUsed)
def used(event: InteractionUsed, to: WorkingSet) -> None:
    """One more use, with its outcome."""
    counts = {
        "used": 1,
        "refused": int(event.outcome == "refused"),
        "failed": int(event.outcome == "error"),
        "duration_ms": event.duration_ms,
    }
    what = (event.kind, event.name)
    to.add(TOTALS, what, **counts)
    to.add(DAILY, (event.occurred_at.date(), *what), **counts)
