"""Multipliers: what XP is worth in a group of channels or for a role, and which group a channel is
of.

Discord's categories are groups by themselves, without any fact of ours: what happens in a channel
tells its category. Source ids: ``rule:multiplier:{what}:{source}:{revision}``,
``rule:channel_group:{channel}:{revision}``. The revision makes a stale change collide.
"""

from typing import ClassVar, Final

from events.engine.event import Count, Event, Label, Snowflake

ANY: Final = "any"
"""The multiplier of every source that has none of its own."""


def category(category_id: int) -> str:
    """How a multiplier names one of Discord's categories."""
    return f"category:{category_id}"


def group(name: str) -> str:
    """How a multiplier names a group of the guild's own."""
    return f"group:{name}"


def role(role_id: int) -> str:
    """How a multiplier names a role."""
    return f"role:{role_id}"


class MultiplierSet(Event):
    """XP for ``source`` (or ANY) counts ``percent`` in ``what``; None: as usual again."""

    event_type: ClassVar[str] = "multiplier_set"

    what: Label
    """A category, a group or a role, as the functions above name it."""
    source: Label
    percent: Count | None
    previous: Count | None
    revision: Count
    """How often this multiplier has been set, this time included."""
    interaction_id: Snowflake


class ChannelGrouped(Event):
    """``channel_id`` (and its threads) counts as of ``group``; None: as of its category again."""

    event_type: ClassVar[str] = "channel_grouped"

    group: Label | None
    previous: Label | None
    revision: Count
    """How often this channel has been put somewhere, this time included."""
    interaction_id: Snowflake
