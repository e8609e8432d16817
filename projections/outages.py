"""The spans in which the bot was down, as recorded."""

from dataclasses import dataclass

from events.outages import OutageRecorded
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Outage:
    """One span, in milliseconds since 1970 (UTC); the end is not part of it."""

    position: int
    line: int
    began_ms: int
    ended_ms: int


OUTAGES = Table("outages", Outage, "journal", key=("position", "line"))
READ_MODEL = ReadModel("outages", version=1, tables=(OUTAGES,))


@READ_MODEL.on(OutageRecorded)
def recorded(event: OutageRecorded, to: WorkingSet) -> None:
    """One line an outage; the key of the event sees to it."""
    line = to.next_line(OUTAGES)
    to.write(OUTAGES, Outage(to.position, line, event.began_ms, event.ended_ms))
