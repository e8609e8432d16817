"""May this role be a reward? Who is to have it, and who no longer?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.engine.event import Event
from events.role_rewards import (
    Ground,
    RoleEarned,
    RoleForfeited,
    RoleReleased,
    RoleRewardAdded,
    RoleRewardRemoved,
)

MOST: Final = 50
"""Rewards in one guild."""
HIGHEST: Final[Mapping[Ground, int]] = {"level": 1000, "rank": 100, "season": 100, "badge": 0}


@dataclass(frozen=True, slots=True)
class Reward:
    """A role and what it is a reward for."""

    ground: Ground
    need: int
    badge: str | None
    role_id: int
    keep: bool = False
    replace: bool = False
    revision: int = 0

    @property
    def name(self) -> str:
        """What the reward is called in events."""
        return f"{self.ground}:{self.badge or self.need}:{self.role_id}"

    def is_earned_by(self, one: "Standing") -> bool:
        """Whether somebody who stands there has earned it."""
        if self.ground == "level":
            return one.level >= self.need
        if self.ground == "badge":
            return self.badge in one.badges
        place = one.rank if self.ground == "rank" else one.place
        return place is not None and place <= self.need

    def is_better_than(self, other: "Reward") -> bool:
        """Whether it is more to have earned this one; badges are not compared."""
        if self.ground != other.ground or self.ground == "badge":
            return False
        return self.need > other.need if self.ground == "level" else self.need < other.need


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts of a member who is here: level, badges, rank on the XP board, place in the
    season that was closed last."""

    user_id: int
    level: int = 0
    badges: frozenset[str] = frozenset()
    rank: int | None = None
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A reward that a member has earned ``times`` times; whether they are to have it now."""

    user_id: int
    reward: str
    role_id: int
    times: int
    open: bool


def key(reward: str, revision: int) -> str:
    """The source id of one change of a reward."""
    return f"rule:role_reward:{reward}:{revision}"


def add(
    asked: Asked,
    wanted: Reward,
    *,
    current: Sequence[Reward],
    givable: Iterable[int],
    revision: int,
) -> RoleRewardAdded:
    """The admin ``asked.user_id`` makes ``wanted`` a reward, which has been changed ``revision``
    times; ``current`` are those in force, ``givable`` the roles that we can and may give.

    Raises Refused for a role that we may not give, for a number out of range, and for no change.
    """
    if wanted.role_id not in givable:
        raise Refused(
            f"I cannot give <@&{wanted.role_id}>. The role has to be below mine in the list, not "
            "belong to a bot or to boosters, have no moderator's permissions, and I need the "
            "permission to manage roles. Change that, or pick another role."
        )
    if wanted.ground != "badge" and not 1 <= wanted.need <= HIGHEST[wanted.ground]:
        raise Refused(f"Pick a {wanted.ground} from 1 to {HIGHEST[wanted.ground]}.")
    same = next((one for one in current if one.name == wanted.name), None)
    if same is None and len(current) >= MOST:
        raise Refused(f"There are {MOST} rewards already, and that is the most. Remove one first.")
    if same is not None and (same.keep, same.replace) == (wanted.keep, wanted.replace):
        raise Refused("That is a reward already, in exactly this way. Nothing was changed.")
    return RoleRewardAdded(
        **asked.envelope,
        source_id=key(wanted.name, revision + 1),
        reward=wanted.name,
        ground=wanted.ground,
        need=wanted.need,
        badge=wanted.badge,
        role_id=wanted.role_id,
        keep=wanted.keep,
        replace=wanted.replace,
        revision=revision + 1,
        interaction_id=asked.interaction_id,
    )


def remove(asked: Asked, name: str, *, current: Sequence[Reward]) -> RoleRewardRemoved:
    """The admin ``asked.user_id`` takes a reward away. Raises Refused when there is none."""
    same = next((one for one in current if one.name == name), None)
    if same is None:
        raise Refused("There is no such reward. See /roles reward list.")
    return RoleRewardRemoved(
        **asked.envelope,
        source_id=key(name, same.revision + 1),
        reward=name,
        revision=same.revision + 1,
        interaction_id=asked.interaction_id,
    )


def due(rewards: Iterable[Reward], one: Standing) -> dict[str, Reward]:
    """The rewards that a member is to have, by name: those earned, without those that a better one
    takes the place of."""
    earned = [reward for reward in rewards if reward.is_earned_by(one)]
    return {
        reward.name: reward
        for reward in earned
        if not any(other.replace and other.is_better_than(reward) for other in earned)
    }


def settle(
    guild_id: int,
    rewards: Sequence[Reward],
    members: Iterable[Standing],
    grants: Iterable[Grant],
    *,
    at: datetime,
) -> list[Event]:
    """What changes for ``members``, given all that they were ever granted."""
    held: dict[int, dict[str, Grant]] = {}
    for grant in grants:
        held.setdefault(grant.user_id, {})[grant.reward] = grant
    in_force = {reward.name: reward for reward in rewards}
    facts: list[Event] = []
    for one in members:
        wanted, has = due(rewards, one), held.get(one.user_id, {})
        for name, reward in wanted.items():
            before = has.get(name)
            if before is None or not before.open:
                times = before.times + 1 if before else 1
                grant = Grant(one.user_id, name, reward.role_id, times, open=True)
                facts.append(tell(RoleEarned, guild_id, grant, at))
        for name, grant in has.items():
            if grant.open and name not in wanted:
                facts += _lost(guild_id, grant, in_force, one, at)
    return facts


def _lost(
    guild_id: int, grant: Grant, in_force: Mapping[str, Reward], one: Standing, at: datetime
) -> list[Event]:
    """The member is not to have it by the rules: it is taken back, unless it is one to keep.

    A reward that is no more leaves the role where it is and lets go of it. (Its members would
    lose it for nothing that they did.)
    """
    reward = in_force.get(grant.reward)
    if reward is None:
        return [tell(RoleReleased, guild_id, grant, at)]
    if reward.keep and not reward.is_earned_by(one):
        return []
    return [tell(RoleForfeited, guild_id, grant, at)]


def tell(
    cls: type[RoleEarned | RoleForfeited | RoleReleased], guild_id: int, grant: Grant, at: datetime
) -> Event:
    """One step in the life of a grant, as a fact."""
    return cls(
        guild_id=guild_id,
        source_id=f"{grant.user_id}:{cls.event_type}:{grant.reward}:{grant.times}",
        user_id=grant.user_id,
        occurred_at=at,
        reward=grant.reward,
        role_id=grant.role_id,
        times=grant.times,
    )
