"""Roles as rewards: what earns which, and who is to have which."""

from events.role_rewards import (
    RoleEarned,
    RoleForfeited,
    RoleReleased,
    RoleRewardAdded,
    RoleRewardRemoved,
)
from tests.support.facts import GUILD, at
from tests.support.given import given

ANN, BEN, ADMIN = 2001, 2002, 2099
KNIGHTS, NOBLES = 61, 62


def added(need: int, role: int, revision: int = 1, *, keep: bool = False) -> RoleRewardAdded:
    reward = f"level:{need}:{role}"
    return RoleRewardAdded(
        guild_id=GUILD,
        source_id=f"rule:role_reward:{reward}:{revision}",
        user_id=ADMIN,
        occurred_at=at(revision),
        reward=reward,
        ground="level",
        need=need,
        badge=None,
        role_id=role,
        keep=keep,
        replace=not keep,
        revision=revision,
        interaction_id=9000 + revision,
    )


def removed(need: int, role: int, revision: int) -> RoleRewardRemoved:
    reward = f"level:{need}:{role}"
    return RoleRewardRemoved(
        guild_id=GUILD,
        source_id=f"rule:role_reward:{reward}:{revision}",
        user_id=ADMIN + 1,
        occurred_at=at(revision),
        reward=reward,
        revision=revision,
        interaction_id=9100 + revision,
    )


def step(
    cls: type[RoleEarned | RoleForfeited | RoleReleased], user: int, times: int = 1, need: int = 5
) -> RoleEarned | RoleForfeited | RoleReleased:
    reward = f"level:{need}:{KNIGHTS}"
    return cls(
        guild_id=GUILD,
        source_id=f"{user}:{cls.event_type}:{reward}:{times}",
        user_id=user,
        occurred_at=at(500),
        reward=reward,
        role_id=KNIGHTS,
        times=times,
    )


def test_the_newest_change_of_a_reward_is_in_force() -> None:
    given(
        "role_rewards",
        added(5, KNIGHTS),
        added(10, NOBLES),
        added(5, KNIGHTS, 2, keep=True),
        removed(10, NOBLES, 2),
        removed(99, NOBLES, 1),
    ).then(
        "role_rewards",
        "reward need role_id keep replace removed revision changed_by position",
        (f"level:10:{NOBLES}", 10, NOBLES, False, True, True, 2, ADMIN + 1, 4),
        (f"level:5:{KNIGHTS}", 5, KNIGHTS, True, False, False, 2, ADMIN, 3),
    )


def test_a_role_is_earned_forfeited_and_taken_back() -> None:
    given(
        "role_rewards",
        step(RoleEarned, ANN),
        step(RoleEarned, BEN),
        step(RoleForfeited, BEN),
        step(RoleEarned, ANN, need=9),
        step(RoleForfeited, ANN),
        step(RoleReleased, ANN),
    ).then(
        "role_grants",
        "user_id reward state times position",
        (ANN, f"level:5:{KNIGHTS}", "done", 1, 6),
        (ANN, f"level:9:{KNIGHTS}", "granted", 1, 4),
        (BEN, f"level:5:{KNIGHTS}", "over", 1, 3),
    )


def test_what_is_told_late_of_an_earlier_time_changes_nothing() -> None:
    given(
        "role_rewards",
        step(RoleEarned, ANN),
        step(RoleForfeited, ANN),
        step(RoleEarned, ANN, 2),
        step(RoleReleased, ANN, 1),
        step(RoleForfeited, BEN),
    ).then("role_grants", "user_id state times position", (ANN, "granted", 2, 3))


def test_who_keeps_the_role_of_a_reward_that_is_gone_is_let_go() -> None:
    given("role_rewards", step(RoleEarned, ANN), step(RoleReleased, ANN)).then(
        "role_grants", "state position", ("done", 2)
    )
