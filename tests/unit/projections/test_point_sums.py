"""Whatever the rules: each number shown is the sum of its lines, and some rule is met each time."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from events.settings import SETTINGS
from projections.points.rates import SOURCES
from tests.support.facts import GUILD, setting
from tests.support.given import Folded
from tests.support.histories import history
from tests.support.ruling import values_of

RULES = [
    key
    for key in SETTINGS
    if key.startswith(("quality_", "pair_", "burst_", "taper_", "no_xp_", "day_cap"))
    or key.startswith(tuple(f"{source}_" for source in SOURCES))
]


def check(folded: Folded) -> Counter[str]:
    """Every profile and lifetime row is the sum of its lines; how often each factor was met."""
    sums: Counter[tuple[int, str]] = Counter()
    met: Counter[str] = Counter()
    for user_id, xp, stars, factors in folded.rows("activity_log", "user_id xp stars factors"):
        sums[user_id, "xp"] += xp
        sums[user_id, "stars"] += stars
        met.update(factors.keys())
    for user_id, xp, stars in folded.rows("profiles", "user_id xp stars"):
        assert (xp, stars) == (sums[user_id, "xp"], sums[user_id, "stars"])
    for user_id, season, xp, stars in folded.rows("user_stats", "user_id season xp stars"):
        if season == 0:
            assert (xp, stars) == (sums[user_id, "xp"], sums[user_id, "stars"])
    return met


@settings(max_examples=40)
@given(data=st.data(), seed=st.integers(0, 10**6))
def test_each_number_is_the_sum_of_its_reasons(data: st.DataObject, seed: int) -> None:
    keys = data.draw(st.lists(st.sampled_from(RULES), max_size=8, unique=True))
    rules = [setting(key, data.draw(st.sampled_from(values_of(SETTINGS[key])))) for key in keys]
    check(Folded("profiles", (*rules, *history(GUILD, seed, 150))))


def test_the_rules_are_met() -> None:
    rules = [
        setting("taper_after", 100),
        setting("message_hour_cap", 40),
        setting("message_day_cap", 90),
        setting("burst_reactors", 1),
    ]
    met = check(Folded("profiles", (*rules, *history(GUILD, 8, 3000))))
    assert {"repeat", "taper", "hour_cap", "burst", "xp_percent"} <= met.keys(), met
