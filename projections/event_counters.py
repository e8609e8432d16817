"""How often each member did what, where and when: counts for lifetime, season and day."""

from dataclasses import dataclass

from events.engine.catalogue import event_types
from events.engine.event import Event
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table

NO_CATEGORY = 0


@dataclass(slots=True)
class EventCount:
    """Events of a type by a member in a category; ``bucket`` is 0 for the lifetime, the season's
    number, or the UTC day as yyyymmdd."""

    user_id: int
    event_type: str
    category_id: int
    period: str
    bucket: int
    count: int


COUNTERS = Table(
    "event_counters",
    EventCount,
    "tally",
    key=("user_id", "event_type", "category_id", "period", "bucket"),
)
READ_MODEL = ReadModel("event_counters", version=1, tables=(COUNTERS,))


@READ_MODEL.on(*event_types().values())
def count(event: Event, to: WorkingSet) -> None:
    """Every event that a member did counts, in three periods."""
    if event.user_id is None:
        return
    category = getattr(event, "category_id", None) or NO_CATEGORY
    what = (event.user_id, event.event_type, category)
    day = event.occurred_at
    to.add(COUNTERS, (*what, "lifetime", 0), count=1)
    to.add(COUNTERS, (*what, "day", day.year * 10000 + day.month * 100 + day.day), count=1)
    season = to.rules.season_of(event.occurred_at)
    if season is not None:
        to.add(COUNTERS, (*what, "season", season), count=1)
