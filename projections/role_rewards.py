"""Roles as rewards: what earns which, and who is to have which. ``bot/effects/roles.py`` sees to
it that Discord has it so."""

from dataclasses import dataclass

from events.role_rewards import (
    RoleEarned,
    RoleForfeited,
    RoleReleased,
    RoleRewardAdded,
    RoleRewardRemoved,
)
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class RoleReward:
    """A role and what it is a reward for; one that was ``removed`` only keeps its revision."""

    reward: str
    ground: str
    need: int
    badge: str | None
    role_id: int
    keep: bool
    replace: bool
    removed: bool
    revision: int
    changed_by: int | None
    position: int


@dataclass(slots=True)
class RoleGrant:
    """A reward of a member: ``granted``, ``over`` (to be taken back), ``done`` (not ours)."""

    user_id: int
    reward: str
    role_id: int
    state: str
    times: int
    position: int


REWARDS = Table("role_rewards", RoleReward, "state", key=("reward",))
GRANTS = Table("role_grants", RoleGrant, "state", key=("user_id", "reward"), member="user_id")
READ_MODEL = ReadModel("role_rewards", version=1, tables=(REWARDS, GRANTS))


@READ_MODEL.on(RoleRewardAdded)
def added(event: RoleRewardAdded, to: WorkingSet) -> None:
    """The newest change is in force."""
    row = RoleReward(
        reward=event.reward,
        ground=event.ground,
        need=event.need,
        badge=event.badge,
        role_id=event.role_id,
        keep=event.keep,
        replace=event.replace,
        removed=False,
        revision=event.revision,
        changed_by=event.user_id,
        position=to.position,
    )
    to.put(REWARDS, row)


@READ_MODEL.on(RoleRewardRemoved)
def removed(event: RoleRewardRemoved, to: WorkingSet) -> None:
    """It is a reward no more."""
    row = to.get(REWARDS, event.reward)
    if row is not None:
        row.removed, row.revision = True, event.revision
        row.changed_by, row.position = event.user_id, to.position
        to.put(REWARDS, row)


@READ_MODEL.on(RoleEarned)
def earned(event: RoleEarned, to: WorkingSet) -> None:
    """The member is to have the role."""
    user_id = event.user_id or 0
    grant = RoleGrant(user_id, event.reward, event.role_id, "granted", event.times, to.position)
    to.put(GRANTS, grant)


@READ_MODEL.on(RoleForfeited)
def forfeited(event: RoleForfeited, to: WorkingSet) -> None:
    """The role is to be taken back."""
    _move(event, to, ("granted",), "over")


@READ_MODEL.on(RoleReleased)
def released(event: RoleReleased, to: WorkingSet) -> None:
    """It was, or nobody minds it any more."""
    _move(event, to, ("granted", "over"), "done")


def _move(
    event: RoleForfeited | RoleReleased, to: WorkingSet, before: tuple[str, ...], after: str
) -> None:
    """What is told of a grant that another has followed changes nothing."""
    row = to.get(GRANTS, event.user_id or 0, event.reward)
    if row is not None and row.state in before and row.times == event.times:
        row.state, row.position = after, to.position
        to.put(GRANTS, row)
