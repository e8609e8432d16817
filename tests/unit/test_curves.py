"""Level curves: golden values worked out by hand from the published formulas; what is refused."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.decisions.curves import (
    CURVES,
    MOST_XP,
    OUR_TOP,
    TITLES,
    TOP,
    CurveSetting,
    curve_named,
    polynomial,
)
from events.engine.errors import Refused

LEVELS = (1, 2, 5, 10, 25, 50, 100)
SETTING = CurveSetting("curve", "tallystick", "The curve")

# Each from its closed form, not from a loop over the costs:
#   MEE6                (10 n^3 + 135 n^2 + 455 n) / 6
#   Arcane, linear      50 n^2 + 25 n (so also Polaris' preset for Arcane)
#   Arcane, exponential 5 (n-1) n (2n-1) / 6 + 25 n (n-1) + 75 n
GOLDEN = {
    "tallystick": (125, 281, 1025, 4154, 131_838, 35_031_940, 2_454_546_732_103),
    "mee6": (100, 255, 1150, 4675, 42_000, 268_375, 1_899_250),
    "arcane": (75, 250, 1375, 5250, 31_875, 126_250, 502_500),
    "arcane-exponential": (75, 205, 1025, 4425, 41_375, 267_125, 1_896_750),
    "arcane-flat": (1000, 2000, 5000, 10_000, 25_000, 50_000, 100_000),
    "lurkr": (100, 150, 900, 4150, 28_900, 120_150, 490_150),
    "amari": (35, 55, 355, 1655, 11_555, 48_055, 196_055),
    "polaris": (200, 400, 1900, 7000, 49_400, 255_000, 1_510_000),
}


@pytest.mark.parametrize("name", CURVES)
def test_a_named_curve_has_its_published_values(name: str) -> None:
    curve = curve_named(name)
    assert tuple(curve.xp_for(level) for level in LEVELS) == GOLDEN[name]
    assert curve.top == (OUR_TOP if name == "tallystick" else TOP)


@pytest.mark.parametrize("name", [*CURVES, "0 1", "100 50 20"])
def test_a_level_is_reached_with_its_last_point_and_not_before(name: str) -> None:
    curve = curve_named(name)
    assert (
        curve.xp_for(0) == curve.level_of(0) == curve.level_of(-1) == curve.level_of(-(2**62)) == 0
    )
    for level in range(1, curve.top + 1):
        assert curve.level_of(curve.xp_for(level)) == level
        assert curve.level_of(curve.xp_for(level) - 1) == level - 1
    assert curve.level_of(2**63 - 1) == curve.top
    assert curve.xp_for(curve.top + 1) == curve.xp_for(curve.top) < 2**62


def test_every_cost_of_ours_is_rounded_down_exactly() -> None:
    curve = curve_named("tallystick")
    for level in range(1, curve.top + 1):
        exact = 100 * Fraction(5, 4) ** level
        cost = curve.xp_for(level) - curve.xp_for(level - 1)
        assert cost <= exact < cost + 1


def test_a_polynomial_says_what_a_level_needs_in_all() -> None:
    curve = polynomial((100, 50, 20))
    assert [curve.xp_for(level) for level in (0, 1, 2, 3)] == [0, 170, 280, 430]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0 0", "level 1 would need 0 XP and the level before it 0"),
        ("5 0", "level 2 would need 5 XP and the level before it 5"),
        ("-10 5", "level 1 would need -5 XP"),
        ("0 1000 -1", "level 501 would need 249,999 XP .*level before it 250,000"),
        ("0 0 0 0 99999999", "would need more than 1,000,000,000,000,000,000 XP"),
        ("100", "2 to 5 whole numbers"),
        ("1 2 3 4 5 6", "2 to 5 whole numbers"),
        ("1.5 2", "2 to 5 whole numbers"),
        ("0 1e3", "2 to 5 whole numbers"),
        ("mee7", "A curve is one of tallystick, mee6"),
        ("", "A curve is one of"),
        ("9" * 400 + " 1", "2 to 5 whole numbers"),
    ],
)
def test_a_curve_that_does_not_rise_everywhere_is_refused(typed: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        SETTING.parse(typed)
    assert not SETTING.fits(typed)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("MEE6", "mee6"),
        (TITLES["lurkr"], "lurkr"),
        ("100, 50;20", "100 50 20"),
        ("  0  1 ", "0 1"),
        ("007 1", "7 1"),
    ],
)
def test_a_curve_is_named_or_written(typed: str, value: str) -> None:
    assert SETTING.parse(typed) == value
    assert SETTING.parse(SETTING.shown(value)) == value
    assert SETTING.fits(value)


@given(st.lists(st.integers(-(10**7), 10**7), min_size=2, max_size=5))
def test_whatever_is_accepted_rises_strictly(coefficients: list[int]) -> None:
    try:
        totals = polynomial(tuple(coefficients)).totals
    except Refused:
        return
    assert len(totals) == TOP + 1 and totals[0] == 0 and totals[-1] <= MOST_XP
    assert all(lower < higher for lower, higher in pairwise(totals))


@pytest.mark.parametrize("value", ["", "mee7", "0 0", "3 2 1 x", "\N{ARABIC-INDIC DIGIT SEVEN} 1"])
def test_a_value_that_is_no_curve_stops_no_fold(value: str) -> None:
    assert curve_named(value) == curve_named("tallystick")
