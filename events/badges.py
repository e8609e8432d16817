"""Badges: what a guild has, who was given one by whom, and what was taken back.

Source ids: ``badge:{badge}:{revision}`` for each change of a badge,
``{user}:badge_earned:{badge}`` (a badge that is earned is earned once),
``{interaction}:badge_given``, ``{award}:badge_revoked`` (an award is taken back once; whoever is
given the badge again has another award).

An award is known by its position in the guild's log. The award that a badge was passed on from, its
``parent``, was there before it: so who passed it on to whom is a tree.
"""

from typing import ClassVar, Literal

from events.engine.event import Count, Event, Label, Snowflake

Rarity = Literal["common", "uncommon", "rare", "epic", "legendary"]
Passing = Literal["admins", "holders"]
"""Who may give it: admins only, or whoever has it too."""


class BadgeDefined(Event):
    """The admin ``user_id`` made a badge or changed it: all of it, as it is now."""

    event_type: ClassVar[str] = "badge_defined"

    badge: Label
    revision: Count
    """How often this badge has been defined, this time included."""
    name: Label
    emoji: Label
    description: Label
    rarity: Rarity
    passing: Passing
    role_id: Snowflake | None
    """The role that a holder needs to pass it on."""
    retired: bool
    """Nobody gets it any more; who has it keeps it."""
    interaction_id: Snowflake


class BadgeEarned(Event):
    """``user_id`` earned ``badge`` by what they did."""

    event_type: ClassVar[str] = "badge_earned"
    restated: ClassVar[frozenset[str]] = frozenset({"cause_position", "occurred_at"})

    badge: Label
    cause_position: Snowflake


class BadgeGiven(Event):
    """``user_id`` gave ``target_id`` a badge: as an admin, or as one who has it themselves."""

    event_type: ClassVar[str] = "badge_given"

    badge: Label
    parent: Snowflake | None
    """The giver's own award that this one comes from; None when an admin gave it."""
    reason: Label | None


class BadgeRevoked(Event):
    """The admin ``user_id`` took an award back from ``target_id``."""

    event_type: ClassVar[str] = "badge_revoked"

    award: Snowflake
    badge: Label
    root: Snowflake
    """The award that the admin chose: another one when this one went with it, because it had been
    passed on from there."""
    interaction_id: Snowflake
