"""Since when each member has been on the server, as far as the log tells.

Discord's word is the join. Of somebody who was there before us, it is the oldest message that is
known of them. Who leaves begins anew when they come back.
"""

from dataclasses import dataclass
from datetime import datetime

from events.members import MemberJoined, MemberLeft
from events.messages import MessageCreated
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Tenure:
    """``since`` is None for a member who left; ``joined`` says whether the join is known;
    ``position`` is the place of the event that told ``since``."""

    user_id: int
    since: datetime | None
    joined: bool
    is_bot: bool
    position: int


TENURES = Table("tenures", Tenure, "state", key=("user_id",), member="user_id")
READ_MODEL = ReadModel("tenures", version=1, tables=(TENURES,))


@READ_MODEL.on(MemberJoined)
def joined(event: MemberJoined, to: WorkingSet) -> None:
    """From this moment on."""
    user_id = event.user_id or 0
    to.put(TENURES, Tenure(user_id, event.occurred_at, True, event.is_bot, to.position))


@READ_MODEL.on(MemberLeft)
def left(event: MemberLeft, to: WorkingSet) -> None:
    """Not here any more."""
    to.put(TENURES, Tenure(event.user_id or 0, None, False, event.is_bot, to.position))


@READ_MODEL.on(MessageCreated)
def wrote(event: MessageCreated, to: WorkingSet) -> None:
    """Somebody writes who was there before us, or did so before what is known of them; what an
    import tells of somebody who left does not bring them back."""
    known = to.get(TENURES, event.user_id or 0)
    if known is not None:
        if known.since is None and event.import_id is not None:
            return
        if known.since is not None and (known.joined or event.occurred_at >= known.since):
            return
    since = Tenure(event.user_id or 0, event.occurred_at, False, event.is_bot, to.position)
    to.put(TENURES, since)
