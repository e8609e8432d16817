"""Roles lent for a time: given, over, taken back.

Source ids: ``{interaction}:role_lent``, ``{user}:role_expired:{role}:{end of the loan in ms}``,
``{user}:role_withdrawn:{role}:{end of the loan in ms}``.
"""

from typing import ClassVar

from events.engine.event import Count, Event, Snowflake


class RoleLent(Event):
    """``user_id`` has a role until a moment; one that lengthens a loan ends later than it."""

    event_type: ClassVar[str] = "role_lent"

    role_id: Snowflake
    ends_ms: Count
    """First millisecond (since 1970, UTC) at which they no longer have it."""


class RoleExpired(Event):
    """The time of a loan to ``user_id`` is over."""

    event_type: ClassVar[str] = "role_expired"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at"})

    role_id: Snowflake
    ends_ms: Count
    """Of the loan that is over."""


class RoleWithdrawn(Event):
    """``user_id`` no longer has the role in Discord either: what they have of it from now on is
    not ours to take."""

    event_type: ClassVar[str] = "role_withdrawn"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at"})

    role_id: Snowflake
    ends_ms: Count
    """Of the loan that is over."""
