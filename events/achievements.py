"""Achievements: what a guild has to offer, who got which by what, and what was taken back.

Source ids: ``rule:achievement:{achievement}:{revision}`` for each change of a template,
``{user}:achievement:{achievement}`` and, in one that counts by season,
``{user}:achievement:{achievement}:{season}`` (so each is got once, whoever gives it), with
``:again:{interaction}`` behind it when an admin gives one anew that was taken back,
``{award}:achievement_revoked``.

An award is known by its position in the guild's log.
"""

from typing import Any, ClassVar, Literal

from events.badges import Rarity
from events.engine.event import Count, Event, Label, Snowflake
from events.ledger import LedgerEvent
from events.points import CarriesPoints

Scope = Literal["lifetime", "season"]
"""Whether it is counted from the beginning and got once, or anew in each season."""

Way = Literal["live", "look_back", "import", "hand"]
"""How an award came about: when it happened; when its template was made or changed, by what had
happened before; by what an import told; or by an admin's hand."""

LIFETIME = 0
"""The season of an award that has none."""


class AchievementDefined(Event):
    """The admin ``user_id`` made a template or changed it: all of it, as it is now."""

    event_type: ClassVar[str] = "achievement_defined"

    achievement: Label
    revision: Count
    """How often this template has been defined, this time included."""
    name: Label
    emoji: Label
    description: Label
    goal: Label
    """What counts, by its word in ``events/decisions/goals.py``."""
    threshold: Count
    """How much of it."""
    scope: Scope
    series: Label | None
    """Those of one series are steps on the same way."""
    tier: Count
    """Which step, the first being 1."""
    rarity: Rarity
    xp: Count
    coins: Count
    image_url: Label | None
    announce_channel_id: Snowflake | None
    """Where it is announced; None for wherever the guild announces such things."""
    retired: bool
    """Nobody gets it any more; who has it keeps it."""
    interaction_id: Snowflake


class AchievementEarned(CarriesPoints, LedgerEvent):
    """``user_id`` got an achievement, with its XP and coins; or, by hand, gave it ``target_id``.

    ``occurred_at`` is the time of the event by which it was reached.
    """

    event_type: ClassVar[str] = "achievement_earned"
    points_source: ClassVar[str] = "achievement"
    restated: ClassVar[frozenset[str]] = frozenset({"cause_position", "occurred_at", "way"})

    achievement: Label
    revision: Count
    """The definition by which it was got."""
    season: Count
    """The season it was got in, or LIFETIME."""
    way: Way
    coins: Count
    unpaid: Count
    """How many coins more it would have been, had the wallet had room for them."""
    cause_position: Snowflake | None
    """The position of the event by which it was reached; None when it was given by hand."""
    reason: Label | None
    interaction_id: Snowflake | None
    """The interaction by which it was given by hand."""

    def points_factors(self) -> dict[str, Any]:
        """Which achievement it was."""
        return {"achievement": self.achievement}


class AchievementRevoked(Event):
    """The admin ``user_id`` took an award back from ``target_id``; what it had brought stays."""

    event_type: ClassVar[str] = "achievement_revoked"

    award: Snowflake
    achievement: Label
    interaction_id: Snowflake
