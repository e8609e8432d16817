"""Draws: the same seed gives the same outcome for ever, and every outcome is as likely."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.decisions.draws import between, draw, weighted


def test_a_seed_gives_the_same_draws_for_ever() -> None:
    assert [draw(7, n, 100) for n in range(6)] == [27, 34, 81, 48, 96, 34]


@given(st.integers(0, 2**63 - 1), st.integers(0, 10**6), st.integers(1, 2**200))
def test_a_draw_is_in_its_range(seed: int, number: int, below: int) -> None:
    assert 0 <= draw(seed, number, below) < below


def test_every_outcome_is_as_likely() -> None:
    seen = Counter(draw(1, n, 6) for n in range(60_000))
    assert sorted(seen) == list(range(6))
    assert max(seen.values()) - min(seen.values()) < 500


def test_both_ends_can_be_drawn() -> None:
    assert {between(3, n, -1, 1) for n in range(50)} == {-1, 0, 1}


def test_twice_the_weight_is_twice_as_likely() -> None:
    seen = Counter(weighted(5, n, [("a", 1), ("b", 2), ("never", 0)]) for n in range(30_000))
    assert set(seen) == {"a", "b"}
    assert 1.9 < seen["b"] / seen["a"] < 2.1


def test_nothing_cannot_be_drawn_from() -> None:
    with pytest.raises(ValueError, match="at least one outcome"):
        draw(1, 1, 0)
