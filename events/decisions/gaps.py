"""May this span be recorded as a gap?"""

from datetime import datetime

from events.engine.errors import Refused
from events.engine.snowflake import to_ms
from events.gaps import Cause, GapRecorded


def gap(guild_id: int, began: datetime, ended: datetime, cause: Cause) -> GapRecorded:
    """The bot saw nothing of the guild from ``began`` until ``ended``."""
    return GapRecorded(
        guild_id=guild_id,
        source_id=f"gap:{to_ms(began)}",
        occurred_at=ended,
        began_ms=to_ms(began),
        ended_ms=to_ms(ended),
        cause=cause,
    )


def record_gap(guild_id: int, began: datetime, ended: datetime, *, now: datetime) -> GapRecorded:
    """An operator says that there was a gap.

    Raises Refused for a span that ends before it begins, or later than ``now``.
    """
    if ended <= began:
        raise Refused("A gap ends after it began. Check the two times.")
    if ended > now:
        raise Refused("A gap is recorded when it is over. The end lies in the future.")
    return gap(guild_id, began, ended, "operator")
