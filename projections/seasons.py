"""The guild's seasons: planned span, and when each was really closed."""

from dataclasses import dataclass
from datetime import datetime

from events.engine.snowflake import from_ms
from events.seasons import SeasonEnded, SeasonStarted
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Season:
    """One season; ``ended_at`` is None while it is open."""

    number: int
    name: str
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    position: int


SEASONS = Table("seasons", Season, "state", key=("number",))
READ_MODEL = ReadModel("seasons", version=1, tables=(SEASONS,))


@READ_MODEL.on(SeasonStarted)
def started(event: SeasonStarted, to: WorkingSet) -> None:
    """A season opens."""
    starts, ends = from_ms(event.starts_ms), from_ms(event.ends_ms)
    to.put(SEASONS, Season(event.number, event.name, starts, ends, None, to.position))


@READ_MODEL.on(SeasonEnded)
def ended(event: SeasonEnded, to: WorkingSet) -> None:
    """A season closes."""
    season = to.get(SEASONS, event.number)
    if season is None:
        raise LookupError(f"season {event.number} was never started")
    season.ended_at, season.position = event.occurred_at, to.position
    to.put(SEASONS, season)
