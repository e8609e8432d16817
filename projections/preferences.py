"""What members prefer: the zone each lives by, and the zones they lived by before."""

from dataclasses import dataclass
from datetime import datetime

from events.preferences import TimezoneSet
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Preference:
    """The zone in force for a member; ``position`` is the event that set it."""

    user_id: int
    zone: str
    zone_since: datetime
    zone_changes: int
    position: int


@dataclass(slots=True)
class ZoneChange:
    """One change of a member's zone."""

    position: int
    line: int
    user_id: int
    zone: str
    since: datetime


PREFERENCES = Table("preferences", Preference, "state", key=("user_id",), member="user_id")
ZONE_CHANGES = Table("zone_changes", ZoneChange, "journal", key=("position", "line"))
READ_MODEL = ReadModel("preferences", version=1, tables=(PREFERENCES, ZONE_CHANGES))


@READ_MODEL.on(TimezoneSet)
def zone_set(event: TimezoneSet, to: WorkingSet) -> None:
    """The newest zone is in force."""
    user_id, since = event.user_id or 0, event.occurred_at
    before = to.get(PREFERENCES, user_id)
    changes = before.zone_changes + 1 if before else 1
    to.put(PREFERENCES, Preference(user_id, event.zone, since, changes, to.position))
    line = to.next_line(ZONE_CHANGES)
    to.write(ZONE_CHANGES, ZoneChange(to.position, line, user_id, event.zone, since))
