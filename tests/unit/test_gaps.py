"""Gaps: what is recorded of one, and what is none."""

import pytest

from events.decisions.gaps import record_gap
from events.engine.errors import Refused
from events.engine.snowflake import to_ms
from tests.support.facts import GUILD, at


def test_a_gap_is_keyed_by_when_it_began() -> None:
    fact = record_gap(GUILD, at(10), at(70), now=at(70))
    assert (fact.guild_id, fact.occurred_at) == (GUILD, at(70))
    assert fact.source_id == f"gap:{to_ms(at(10))}"
    assert fact.cause == "operator"
    assert (fact.began_ms, fact.ended_ms) == (to_ms(at(10)), to_ms(at(70)))


@pytest.mark.parametrize(
    ("began", "ended", "sentence"),
    [(10, 10, "ends after it began"), (10, 9, "ends after it began"), (10, 71, "in the future")],
)
def test_what_is_no_gap(began: int, ended: int, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        record_gap(GUILD, at(began), at(ended), now=at(70))
