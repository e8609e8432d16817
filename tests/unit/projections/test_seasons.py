"""Seasons: the planned span, and when each was really closed."""

import pytest

from tests.support.facts import at, season, season_end
from tests.support.given import given


def test_a_season_opens_closes_and_is_followed() -> None:
    given(
        "seasons",
        season(1, starts=0, ends=1000, seconds=5),
        season_end(1, seconds=1007),
        season(2, starts=1000, ends=3000, seconds=1008),
    ).then(
        "seasons",
        "number name starts_at ends_at ended_at position",
        (1, "Season 1", at(0), at(1000), at(1007), 2),
        (2, "Season 2", at(1000), at(3000), None, 3),
    )


def test_the_end_of_a_season_that_never_began_is_not_passed_over() -> None:
    with pytest.raises(LookupError, match="season 3 was never started"):
        given("seasons", season(1, starts=0, ends=9), season_end(3, seconds=9))
