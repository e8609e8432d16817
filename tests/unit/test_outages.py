"""Outages: what is recorded of one, and what is none."""

import pytest

from events.decisions.outages import record_outage
from events.engine.errors import Refused
from events.engine.snowflake import to_ms
from tests.support.facts import GUILD, at


def test_an_outage_is_keyed_by_when_it_began() -> None:
    fact = record_outage(GUILD, at(10), at(70), now=at(70))
    assert (fact.guild_id, fact.occurred_at) == (GUILD, at(70))
    assert fact.source_id == f"outage:{to_ms(at(10))}"
    assert (fact.began_ms, fact.ended_ms) == (to_ms(at(10)), to_ms(at(70)))


@pytest.mark.parametrize(
    ("began", "ended", "sentence"),
    [(10, 10, "ends after it began"), (10, 9, "ends after it began"), (10, 71, "in the future")],
)
def test_what_is_no_outage(began: int, ended: int, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        record_outage(GUILD, at(began), at(ended), now=at(70))
