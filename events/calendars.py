"""The guild's calendar: by which clock its days run, and on which day its weeks begin.

Source id: ``rule:calendar:{revision}``.
"""

from typing import ClassVar

from events.engine.event import Amount, Count, Event, Label, Snowflake


class CalendarSet(Event):
    """From this position on the guild lives by ``zone`` (a name of the IANA database).

    The zone's clock changes are in the event, so that a replay asks no time-zone database: a newer
    one moves no day of the past. (What lawmakers change later takes effect when the calendar is
    set once more.)
    """

    event_type: ClassVar[str] = "calendar_set"

    zone: Label
    week_start: Count
    """The first day of the week, 0 for Monday to 6 for Sunday."""
    offsets: list[Amount]
    """Milliseconds (since 1970, UTC) and the offset from UTC in seconds that is in force from then
    on, in turn; the first is in force before it too."""
    ahead: list[Count]
    """The seasons to come, as in ``SeasonStarted``: their borders lie at local midnights."""
    previous_zone: Label
    previous_week_start: Count
    revision: Count
    interaction_id: Snowflake
    """The interaction that asked for it: the same one asking twice changes once."""
