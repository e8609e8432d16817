"""The newest boost of each kind that each member has used, over or not.

``profiles`` keeps the same for itself, because a fold reads no other read model's tables.
"""

from dataclasses import dataclass

from events.boosts import BoostStarted
from projections.engine.read_model import ReadModel, WorkingSet
from projections.points.boosts import newest
from sql.rows import Table


@dataclass(slots=True)
class Boost:
    """What a member earns of ``what`` in that time, in per cent of the usual."""

    user_id: int
    what: str
    percent: int
    starts_ms: int
    ends_ms: int


BOOSTS = Table("boosts", Boost, "state", key=("user_id", "what"), member="user_id")
READ_MODEL = ReadModel("boosts", version=1, tables=(BOOSTS,))


@READ_MODEL.on(BoostStarted)
def started(event: BoostStarted, to: WorkingSet) -> None:
    """A boost begins, or goes on for longer."""
    user_id = event.user_id or 0
    known = to.get(BOOSTS, user_id, event.what)
    before = (known.percent, known.starts_ms, known.ends_ms) if known else None
    to.put(BOOSTS, Boost(user_id, event.what, *newest(before, event)))
