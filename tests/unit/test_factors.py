"""The factors of an award in words."""

import inspect
import re

import pytest

from bot.points.factors import CUT, MULTIPLIED, words
from projections.points import pipeline

PLAIN = {"xp": 15, "stars": 2, "times": 1}


@pytest.mark.parametrize(
    ("number", "factors", "said"),
    [
        ("xp", {}, ""),
        ("xp", PLAIN, ""),
        ("xp", PLAIN | {"times": 3}, "15 \N{MULTIPLICATION SIGN} 3"),
        ("stars", PLAIN | {"times": 3, "category": 150}, "2 \N{MULTIPLICATION SIGN} 3"),
        ("stars", PLAIN | {"stars_percent": 200}, "2 \N{MULTIPLICATION SIGN} 2.00 boosted"),
        (
            "xp",
            PLAIN | {"category": 150, "repeat": 2, "taper": 4, "xp_percent": 200},
            "15 \N{MULTIPLICATION SIGN} 1.50 here / 3 for the 3rd time today "
            "\N{RIGHTWARDS ARROW} 4 late in a full day \N{MULTIPLICATION SIGN} 2.00 boosted",
        ),
        ("xp", {"rate": 50}, "\N{MULTIPLICATION SIGN} 0.50 of what was promised"),
        ("coins", {"with": 7, "balance": 3}, ""),
    ],
)
def test_the_factors_in_words(number: str, factors: dict[str, int], said: str) -> None:
    assert words(number, factors) == said


def test_there_are_words_for_every_factor_that_the_pipeline_writes() -> None:
    source = inspect.getsource(pipeline)
    written = set(re.findall(r'factors\["(\w+)"\]|factors, "(\w+)"|\("(\w+_cap)", ', source))
    names = {name for found in written for name in found if name}
    names |= {"quality", "category", "role"}
    assert names == {*MULTIPLIED, *CUT, "repeat"}
