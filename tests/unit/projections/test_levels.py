"""The level curve: exact whole numbers, written down once by hand."""

from fractions import Fraction

import pytest

from projections.points.levels import MAX_LEVEL, cost, level_of, xp_for


@pytest.mark.parametrize(
    ("level", "price", "total"),
    [
        (1, 125, 125),
        (2, 156, 281),  # 156.25
        (3, 195, 476),  # 195.3125
        (4, 244, 720),  # 244.14...
        (5, 305, 1025),  # 305.17...
        (10, 931, 4154),  # 931.32...
        (20, 8673, 42860),  # 8673.61...
    ],
)
def test_the_cost_is_rounded_down_and_the_total_is_the_sum_of_costs(
    level: int, price: int, total: int
) -> None:
    assert cost(level) == price
    assert xp_for(level) == total


def test_every_cost_is_exact() -> None:
    for level in range(1, MAX_LEVEL + 1):
        exact = 100 * Fraction(5, 4) ** level
        assert cost(level) <= exact < cost(level) + 1


def test_a_level_is_reached_with_its_last_point_and_not_before() -> None:
    for level in range(1, MAX_LEVEL + 1):
        assert level_of(xp_for(level)) == level
        assert level_of(xp_for(level) - 1) == level - 1


@pytest.mark.parametrize(
    ("xp", "level"), [(-1, 0), (-(10**12), 0), (0, 0), (124, 0), (2**63 - 1, MAX_LEVEL)]
)
def test_the_ends_of_the_curve(xp: int, level: int) -> None:
    assert level_of(xp) == level


def test_the_highest_total_fits_a_bigint() -> None:
    assert xp_for(0) == 0
    assert 10**17 < xp_for(MAX_LEVEL) < 2**63
