"""Prestige: a member gives up a level to begin again. Source id: ``{user}:prestige:{count}``."""

from typing import ClassVar

from events.engine.event import Count, Event


class PrestigeTaken(Event):
    """``user_id`` begins at level 0 again for the ``count``-th time, having reached ``level``. XP
    counts for the level from here on; all that was earned stays in the totals."""

    event_type: ClassVar[str] = "prestige"

    count: Count
    level: Count
