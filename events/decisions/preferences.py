"""May a member live by this zone?"""

from events.decisions import zones
from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.preferences import TimezoneSet


def set_timezone(asked: Asked, text: str, *, current: str) -> TimezoneSet:
    """``asked.user_id``, who lives by ``current``, typed the name of another zone.

    Raises Refused for an unknown name and for the zone in force.
    """
    zone = zones.named(text)
    if zone == current:
        raise Refused(f"Your time zone is {zone} already.")
    return TimezoneSet(
        **asked.envelope,
        source_id=asked.source_id(TimezoneSet.event_type),
        zone=zone,
        previous=current,
    )
