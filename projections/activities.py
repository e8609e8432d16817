"""What members did for coins: when each activity is open to them again, and what it brought."""

from dataclasses import dataclass
from datetime import datetime

from events.activities import ActivityDone
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Doing:
    """One activity of one member."""

    user_id: int
    activity: str
    ready_at: datetime
    times: int = 0
    successes: int = 0
    earned: int = 0
    lost: int = 0


ACTIVITIES = Table("activities", Doing, "state", key=("user_id", "activity"), member="user_id")
READ_MODEL = ReadModel("activities", version=1, tables=(ACTIVITIES,))


@READ_MODEL.on(ActivityDone)
def done(event: ActivityDone, to: WorkingSet) -> None:
    """The cool-down is the one that the event was decided with."""
    user_id, ready_at = event.user_id or 0, event.ready_at
    row = to.get(ACTIVITIES, user_id, event.activity) or Doing(user_id, event.activity, ready_at)
    row.ready_at = max(row.ready_at, ready_at)
    row.times += 1
    if event.won:
        row.successes += 1
        row.earned += event.amount
    else:
        row.lost += event.amount
    to.put(ACTIVITIES, row)
