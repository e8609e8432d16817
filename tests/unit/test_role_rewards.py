"""Roles as rewards: what is refused, who earns one, who loses it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.decisions import role_rewards
from events.decisions.asked import Asked
from events.decisions.role_rewards import MOST, Grant, Reward, Standing, due, settle
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.role_rewards import Ground, RoleEarned, RoleForfeited, RoleReleased
from tests.support.facts import GUILD, at

ASKED = Asked(GUILD, snowflake_at(at(30), 7), 2099, 3001)
ANN, BEN = 2001, 2002
FIVE = Reward("level", 5, None, 61)
TEN = Reward("level", 10, None, 62)
TOP = Reward("rank", 3, None, 63)
FIRST = Reward("rank", 1, None, 64)
BRAVE = Reward("badge", 0, "brave", 65)
LAST_SEASON = Reward("season", 2, None, 66)


def told(*args: object, **more: object) -> list[tuple[str, int | None, object]]:
    facts = settle(GUILD, *args, at=at(60), **more)  # type: ignore[arg-type]
    return [(fact.event_type, fact.user_id, fact.reward) for fact in facts]  # type: ignore[attr-defined]


def grant(one: Reward, *, user: int = ANN, times: int = 1, is_open: bool = True) -> Grant:
    return Grant(user, one.name, one.role_id, times, is_open)


def test_a_reward_is_named_by_what_it_is_for_and_its_role() -> None:
    fact = role_rewards.add(ASKED, FIVE, current=[TEN], givable={61, 62}, revision=3)
    assert fact.source_id == "rule:role_reward:level:5:61:4"
    assert (fact.reward, fact.need, fact.role_id, fact.revision) == ("level:5:61", 5, 61, 4)
    assert BRAVE.name == "badge:brave:65"


def test_what_cannot_be_a_reward_is_refused() -> None:
    def add(wanted: Reward, current: list[Reward]) -> None:
        role_rewards.add(ASKED, wanted, current=current, givable=set(range(61, 70)), revision=0)

    with pytest.raises(Refused, match="I cannot give <@&71>"):
        add(replace(FIVE, role_id=71), [])
    for wanted in (replace(FIVE, need=0), replace(FIVE, need=1001), replace(TOP, need=101)):
        with pytest.raises(Refused, match="from 1 to 1"):
            add(wanted, [])
    with pytest.raises(Refused, match="in exactly this way"):
        add(FIVE, [FIVE])
    add(replace(FIVE, keep=True), [FIVE])
    with pytest.raises(Refused, match="50 rewards already"):
        add(FIVE, [replace(TEN, need=n) for n in range(1, MOST + 1)])
    with pytest.raises(Refused, match="no such reward"):
        role_rewards.remove(ASKED, FIVE.name, current=[TEN])
    removed = role_rewards.remove(ASKED, TEN.name, current=[replace(TEN, revision=4)])
    assert (removed.revision, removed.source_id) == (5, "rule:role_reward:level:10:62:5")


@pytest.mark.parametrize(
    ("one", "earned"),
    [
        (Standing(ANN, level=4), set()),
        (Standing(ANN, level=5), {61}),
        (Standing(ANN, level=12), {61, 62}),
        (Standing(ANN, rank=4), set()),
        (Standing(ANN, rank=3), {63}),
        (Standing(ANN, rank=1), {63, 64}),
        (Standing(ANN, badges=frozenset({"brave", "bold"})), {65}),
        (Standing(ANN, place=2), {66}),
        (Standing(ANN, place=3), set()),
    ],
)
def test_rewards_are_for_a_level_a_badge_a_rank_or_a_place(one: Standing, earned: set[int]) -> None:
    rewards = [FIVE, TEN, TOP, FIRST, BRAVE, LAST_SEASON]
    assert {reward.role_id for reward in due(rewards, one).values()} == earned


def test_a_better_reward_that_replaces_takes_the_place_of_the_lower_ones_of_its_kind() -> None:
    rewards = [FIVE, replace(TEN, replace=True), TOP, replace(FIRST, replace=True), BRAVE]
    best = Standing(ANN, level=10, rank=1, badges=frozenset({"brave"}))
    assert {reward.role_id for reward in due(rewards, best).values()} == {62, 64, 65}
    good = Standing(ANN, level=9, rank=2)
    assert {reward.role_id for reward in due(rewards, good).values()} == {61, 63}


def test_what_is_earned_is_told_once_and_again_when_it_is_earned_again() -> None:
    here = [Standing(ANN, level=5), Standing(BEN)]
    assert told([FIVE], here, []) == [("role_earned", ANN, FIVE.name)]
    assert told([FIVE], here, [grant(FIVE)]) == []
    again = settle(GUILD, [FIVE], here, [grant(FIVE, times=2, is_open=False)], at=at(60))
    assert [fact.source_id for fact in again] == [f"{ANN}:role_earned:{FIVE.name}:3"]


def test_who_falls_loses_it_unless_it_is_one_to_keep() -> None:
    fallen = [Standing(ANN, level=4)]
    assert told([FIVE], fallen, [grant(FIVE)]) == [("role_forfeited", ANN, FIVE.name)]
    assert told([replace(FIVE, keep=True)], fallen, [grant(FIVE)]) == []
    assert told([FIVE], fallen, [grant(FIVE, is_open=False)]) == []


def test_one_to_keep_is_still_replaced_by_a_better_one() -> None:
    rewards = [replace(FIVE, keep=True), replace(TEN, replace=True)]
    risen = [Standing(ANN, level=10)]
    assert told(rewards, risen, [grant(FIVE)]) == [
        ("role_earned", ANN, TEN.name),
        ("role_forfeited", ANN, FIVE.name),
    ]


def test_a_reward_that_is_gone_lets_go_of_its_members() -> None:
    assert told([], [Standing(ANN, level=9)], [grant(FIVE)]) == [("role_released", ANN, FIVE.name)]


def test_nobody_who_is_not_here_gains_or_loses_anything() -> None:
    assert told([FIVE], [], [grant(FIVE, user=BEN)]) == []


GROUNDS: tuple[Ground, ...] = ("level", "badge", "rank", "season")
REWARDS = st.builds(
    Reward,
    st.sampled_from(GROUNDS),
    st.integers(1, 5),
    st.sampled_from(("brave", "bold")),
    st.integers(61, 63),
    keep=st.booleans(),
    replace=st.booleans(),
).map(lambda one: one if one.ground == "badge" else replace(one, badge=None))
STANDINGS = st.builds(
    Standing,
    st.just(ANN),
    st.integers(0, 6),
    st.frozensets(st.sampled_from(("brave", "bold"))),
    st.none() | st.integers(1, 6),
    st.none() | st.integers(1, 6),
)


@given(
    steps=st.lists(
        st.tuples(st.lists(REWARDS, max_size=6, unique_by=lambda one: one.name), STANDINGS),
        max_size=6,
    )
)
def test_whatever_happens_what_is_due_is_held_and_nothing_is_decided_twice(
    steps: list[tuple[list[Reward], Standing]],
) -> None:
    held: dict[str, Grant] = {}
    keys: set[str] = set()
    for rewards, one in steps:
        for fact in settle(GUILD, rewards, [one], held.values(), at=at(60)):
            assert isinstance(fact, RoleEarned | RoleForfeited | RoleReleased)
            assert fact.source_id not in keys
            keys.add(fact.source_id)
            is_open = isinstance(fact, RoleEarned)
            held[fact.reward] = Grant(ANN, fact.reward, fact.role_id, fact.times, is_open)
        assert settle(GUILD, rewards, [one], held.values(), at=at(60)) == []
        now_open = {name for name, grant in held.items() if grant.open}
        assert due(rewards, one).keys() <= now_open
        kept = {reward.name for reward in rewards if reward.keep}
        assert now_open - due(rewards, one).keys() <= kept
