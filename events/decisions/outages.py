"""May this span be recorded as an outage?"""

from datetime import datetime

from events.engine.errors import Refused
from events.engine.snowflake import to_ms
from events.outages import OutageRecorded


def record_outage(
    guild_id: int, began: datetime, ended: datetime, *, now: datetime
) -> OutageRecorded:
    """The bot saw nothing of the guild from ``began`` until ``ended``.

    Raises Refused for a span that ends before it begins, or later than ``now``.
    """
    if ended <= began:
        raise Refused("An outage ends after it began. Check the two times.")
    if ended > now:
        raise Refused("An outage is recorded when it is over. The end lies in the future.")
    return OutageRecorded(
        guild_id=guild_id,
        source_id=f"outage:{to_ms(began)}",
        occurred_at=ended,
        began_ms=to_ms(began),
        ended_ms=to_ms(ended),
    )
