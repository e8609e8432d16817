"""Who reaches what, and by which event."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from events.decisions.achievements import Template
from events.decisions.reaching import Step, reached, summed
from tests.support.facts import at

ANN, BEN = 2001, 2002
TALKER = Template("talker", "Talker", "messages", 3)
SEASONAL = Template("busy", "Busy", "messages", 2, scope="season")
RICH = Template("rich", "Rich", "xp", 100)
HIGH = Template("high", "High", "level", 5)


def said(position: int, user: int = ANN, season: int = 0) -> Step:
    return Step(position, user, at(position), season, "messages", 1)


def earned(position: int, xp: int, user: int = ANN) -> Step:
    return Step(position, user, at(position), 0, "xp", xp)


def found(*templates: Template, steps: list[Step]) -> list[tuple[object, ...]]:
    return [
        (template.achievement, who.user_id, who.season, who.position)
        for template, who in reached(templates, steps, {})
    ]


def test_the_event_that_makes_the_number_full_is_the_one() -> None:
    steps = [said(1), said(2, BEN), said(3), said(4), said(5), said(6, BEN)]
    assert found(TALKER, steps=steps) == [("talker", ANN, 0, 4)]


def test_each_season_begins_at_zero_and_what_belongs_to_none_counts_for_the_lifetime() -> None:
    steps = [said(1, season=1), said(2), said(3, season=1), said(4, season=2), said(5, season=2)]
    assert found(TALKER, SEASONAL, steps=steps) == [
        ("talker", ANN, 0, 3),
        ("busy", ANN, 1, 3),
        ("busy", ANN, 2, 5),
    ]


def test_what_was_reached_stays_reached_when_the_sum_falls_and_rises_again() -> None:
    steps = [earned(1, 60), earned(2, 60), earned(3, -90), earned(4, 90), earned(5, 99, BEN)]
    assert found(RICH, steps=steps) == [("rich", ANN, 0, 2)]


def test_a_level_is_reached_by_the_first_event_that_shows_it() -> None:
    steps = [
        Step(position, ANN, at(position), 1, "level", value=level)
        for position, level in ((1, 3), (2, 7), (3, 8))
    ]
    assert found(HIGH, steps=steps) == [("high", ANN, 0, 2)]


def test_what_members_had_before_counts() -> None:
    before = {(ANN, "messages", 0): 2, (BEN, "messages", 0): 3}
    (one,) = reached([TALKER], [said(8), said(9, BEN)], before)
    assert (one[1].user_id, one[1].position) == (ANN, 8)


@given(
    amounts=st.lists(st.tuples(st.sampled_from([ANN, BEN]), st.integers(-40, 60)), max_size=40),
    cut=st.integers(0, 40),
)
def test_in_parts_as_in_one(amounts: list[tuple[int, int]], cut: int) -> None:
    """Followed in two parts, the same is reached by the same events as in one look over all; what
    was reached in the first part is left out of the second, as its key does."""
    steps = [earned(place, xp, user) for place, (user, xp) in enumerate(amounts, start=1)]
    templates = [RICH, Template("some", "Some", "xp", 30)]
    whole = reached(templates, steps, {})
    first = reached(templates, steps[:cut], {})
    second = reached(templates, steps[cut:], summed(steps[:cut]))
    known = {(template.achievement, who.user_id) for template, who in first}
    later = [(t, who) for t, who in second if (t.achievement, who.user_id) not in known]
    assert sorted(map(repr, first + later)) == sorted(map(repr, whole))


@given(
    amounts=st.lists(st.tuples(st.sampled_from([ANN, BEN]), st.integers(1, 60)), max_size=40),
    threshold=st.integers(1, 500),
)
def test_as_counted_by_hand(amounts: list[tuple[int, int]], threshold: int) -> None:
    """The same as adding up and looking when the sum is there."""
    sums: defaultdict[int, int] = defaultdict(int)
    by_hand: dict[int, int] = {}
    for place, (user, xp) in enumerate(amounts, start=1):
        sums[user] += xp
        if sums[user] >= threshold:
            by_hand.setdefault(user, place)
    steps = [earned(place, xp, user) for place, (user, xp) in enumerate(amounts, start=1)]
    asked = Template("some", "Some", "xp", threshold)
    assert {who.user_id: who.position for _, who in reached([asked], steps, {})} == by_hand
