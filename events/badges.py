"""Badges earned. Source id: ``{user}:badge_earned:{badge}`` (each badge once a member)."""

from typing import ClassVar

from events.engine.event import Event, Label, Snowflake


class BadgeEarned(Event):
    """``user_id`` earned ``badge``."""

    event_type: ClassVar[str] = "badge_earned"
    restated: ClassVar[frozenset[str]] = frozenset({"cause_position", "occurred_at"})

    badge: Label
    cause_position: Snowflake
