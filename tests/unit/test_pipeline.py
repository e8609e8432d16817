"""The pipeline of points by itself: what its sentence says is what it does."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from projections.engine.rules import Rules
from projections.points import pipeline
from projections.points.pipeline import SENTENCE, Award, Deed
from projections.points.rates import CARRIED, Rate, Rates, rates_of
from tests.support.facts import message, multiplier, setting

ANN, BEN = 2001, 2002
NOW = 1_767_614_400_000


def rates(**settings: int) -> Rates:
    changes = [setting(key, value) for key, value in settings.items()]
    places = (multiplier("category:41", "message", 170), multiplier("role:61", "any", 90))
    return rates_of(Rules.of([*changes, *places]))


def rate(**numbers: int) -> Rate:
    usual = {"low": 15, "high": 15, "stars": 2, "cooldown": 0, "hour_cap": 0, "day_cap": 0}
    return Rate(**usual | numbers)


def deed() -> Deed:
    where = message(501, category_id=42)
    return Deed("message", ANN, NOW, "501:message_create", {}, place=where)


def test_the_sentence_names_each_step_in_its_order() -> None:
    words = ["base", "times", "quality", "category", "role", "pair", "rounded down once"]
    words += ["bursts", "taper", "caps", "boost", "rounded down", "stars"]
    at = 0
    for word in words:
        at = SENTENCE.index(word, at) + 1


@given(
    low=st.integers(0, 1000),
    times=st.integers(1, 9),
    quality=st.integers(10, 500),
    repeats=st.integers(0, 5),
    so_far=st.integers(0, 400),
    after=st.integers(0, 300),
    caps=st.tuples(*[st.integers(0, 300)] * 3),
    boost=st.integers(0, 400),
)
def test_an_award_is_what_the_sentence_says(
    low: int,
    times: int,
    quality: int,
    repeats: int,
    so_far: int,
    after: int,
    caps: tuple[int, int, int],
    boost: int,
) -> None:
    hour_cap, source_cap, day_cap = caps
    rules = rates(taper_after=after, taper_percent=37, day_cap=day_cap)
    day = {"all": so_far, "message": so_far, "message:12": so_far}
    days = {str(NOW // 86_400_000): day}
    exact = Fraction(low * times * quality * 170 * 90, 100**3) / (1 + repeats)
    left = exact.__floor__()
    if after:
        whole = min(left, max(0, after - so_far))
        left = whole + ((left - whole) * Fraction(37, 100)).__floor__()
    for cap in filter(None, (hour_cap, source_cap, day_cap)):
        left = min(left, max(0, cap - so_far))
    xp = (left * Fraction(boost, 100)).__floor__()
    stars = 2 * times if left or not exact.__floor__() else 0
    award = pipeline.award(
        rules,
        rate(low=low, high=low, hour_cap=hour_cap, day_cap=source_cap),
        Deed(
            "message",
            ANN,
            NOW,
            "501:message_create",
            days,
            times,
            quality,
            message(501, category_id=41),
            (61,),
            repeats=repeats,
            boosts={"xp": boost},
        ),
    )
    assert award == expected(xp, stars, award)
    if after or day_cap:
        assert day["all"] == so_far + left


def expected(xp: int, stars: int, award: Award | None) -> Award | None:
    """The award that is expected, with the factors that were found."""
    return Award(xp, stars, award.factors) if award and (xp or stars) else None


def test_nothing_is_named_that_changed_nothing() -> None:
    award = pipeline.award(rates(), rate(), deed())
    assert award == Award(15, 2, {"xp": 15, "stars": 2, "times": 1})


def test_a_day_counts_only_what_some_limit_looks_at() -> None:
    unlimited, limited = deed(), deed()
    pipeline.award(rates(taper_after=0), rate(), unlimited)
    pipeline.award(rates(), rate(hour_cap=99), limited)
    assert unlimited.days == {}
    (day,) = limited.days.values()
    assert day == {"all": 15, "message:12": 15}


# Facts that carry their points themselves: achievements, quests


def test_achievements_and_quests_have_a_rate_and_caps() -> None:
    assert set(CARRIED) == {"achievement", "quest"}
    found = rates(achievement_percent=40, achievement_hour_cap=7, achievement_day_cap=9)
    assert found.carried["achievement"] == Rate(40, 40, 40, 0, 7, 9)


def test_what_a_fact_carries_counts_by_its_per_cent_and_up_to_its_cap() -> None:
    half, days = rate(low=50, day_cap=30), dict[str, dict[str, int]]()
    promised = Award(41, 5, {"by": BEN})
    gets = [
        pipeline.carried(rates(), half, Deed("achievement", ANN, NOW, "", days), promised)
        for _ in range(2)
    ]
    assert gets == [
        Award(20, 2, {"by": BEN, "rate": 50}),
        Award(10, 2, {"by": BEN, "rate": 50, "source_cap": 10}),
    ]


def test_what_is_taken_is_taken_whole() -> None:
    taken = pipeline.carried(rates(), rate(low=50, day_cap=1), deed(), Award(-40, -3, {}))
    assert taken == Award(-40, -3, {})
