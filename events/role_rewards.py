"""Roles as rewards: what earns a role, who earned one, who no longer does.

Source ids: ``rule:role_reward:{reward}:{revision}`` for each change of a reward (one number after
the other, so that a change of what somebody else has changed meanwhile collides with theirs),
``{user}:role_earned:{reward}:{times}``, ``{user}:role_forfeited:{reward}:{times}``,
``{user}:role_released:{reward}:{times}``. A reward is named by what it is for and its role:
``level:10:{role}``, ``badge:{badge}:{role}``, ``rank:3:{role}``, ``season:1:{role}``.
"""

from typing import ClassVar, Literal, TypeAlias

from events.engine.event import Count, Event, Label, Snowflake

Ground: TypeAlias = Literal["level", "badge", "rank", "season"]
"""What a role can be a reward for: a level, a badge, a place on the XP board, or in the season that
was closed last."""


class RoleRewardAdded(Event):
    """The admin ``user_id`` made a role the reward for something, or changed how it is kept."""

    event_type: ClassVar[str] = "role_reward_added"

    reward: Label
    ground: Ground
    need: Count
    """The level, or the last place that earns it; 0 for a badge."""
    badge: Label | None
    role_id: Snowflake
    keep: bool
    """Who has earned it keeps it when they no longer would."""
    replace: bool
    """It takes the place of the lower rewards of its kind."""
    revision: Count
    """How often this reward has been added or removed, this time included."""
    interaction_id: Snowflake


class RoleRewardRemoved(Event):
    """The admin ``user_id`` took a reward away."""

    event_type: ClassVar[str] = "role_reward_removed"

    reward: Label
    revision: Count
    interaction_id: Snowflake


class RoleEarned(Event):
    """``user_id`` is to have a role for a reward."""

    event_type: ClassVar[str] = "role_earned"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at"})

    reward: Label
    role_id: Snowflake
    times: Count
    """How often they have earned it, this time included."""


class RoleForfeited(Event):
    """``user_id`` is to have the role for this reward no more."""

    event_type: ClassVar[str] = "role_forfeited"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at"})

    reward: Label
    role_id: Snowflake
    times: Count


class RoleReleased(Event):
    """Whether ``user_id`` has the role is not ours to say from now on: it was taken back, or the
    reward is gone and they keep it."""

    event_type: ClassVar[str] = "role_released"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at"})

    reward: Label
    role_id: Snowflake
    times: Count
