"""The spans in which the bot was blind, what has been fetched since, and voice that nobody saw."""

from dataclasses import dataclass

from events.engine.snowflake import to_ms
from events.gaps import GapFilled, GapRecorded
from events.voice import VoiceLeft
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Gap:
    """One span, in milliseconds since 1970 (UTC), the end not part of it; and where in the log it
    was recorded, and where that it was filled (0: not yet)."""

    began_ms: int
    ended_ms: int
    cause: str
    recorded_at: int
    filled_at: int
    channels: int
    forbidden: int
    cut: int
    messages: int
    reactions: int
    people: int


@dataclass(slots=True)
class UnseenLeave:
    """A stay in voice that was last proven at ``left_ms``, and after which the bot was blind."""

    position: int
    line: int
    user_id: int
    channel_id: int | None
    left_ms: int


GAPS = Table("gaps", Gap, "state", key=("began_ms",))
UNSEEN = Table("unseen_leaves", UnseenLeave, "journal", key=("position", "line"))
READ_MODEL = ReadModel("gaps", version=1, tables=(GAPS, UNSEEN))


@READ_MODEL.on(GapRecorded)
def recorded(event: GapRecorded, to: WorkingSet) -> None:
    """One row a gap; the key of the event sees to it."""
    span = (event.began_ms, event.ended_ms, event.cause)
    to.put(GAPS, Gap(*span, to.position, 0, 0, 0, 0, 0, 0, 0))


@READ_MODEL.on(GapFilled)
def filled(event: GapFilled, to: WorkingSet) -> None:
    """Nothing more is fetched for it."""
    found = to.get(GAPS, event.began_ms)
    if found is None:
        return
    found.filled_at = to.position
    found.channels, found.forbidden, found.cut = event.channels, event.forbidden, event.cut
    found.messages, found.reactions = event.messages, event.reactions
    found.people = event.people
    to.put(GAPS, found)


@READ_MODEL.on(VoiceLeft)
def left(event: VoiceLeft, to: WorkingSet) -> None:
    """Remembered only where nobody saw it."""
    if event.unseen:
        line, user_id = to.next_line(UNSEEN), event.user_id or 0
        left_ms = to_ms(event.occurred_at)
        to.write(UNSEEN, UnseenLeave(to.position, line, user_id, event.channel_id, left_ms))
