"""A member's time zone: the fact of a change, and what is refused."""

import pytest

from events.decisions.asked import Asked
from events.decisions.preferences import set_timezone
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from tests.support.facts import GUILD, at

ASKED = Asked(GUILD, snowflake_at(at(30), 7), 2001, 3001)


def test_the_change_says_from_where_to_where() -> None:
    fact = set_timezone(ASKED, "asia/ho chi minh", current="UTC")
    assert (fact.zone, fact.previous) == ("Asia/Ho_Chi_Minh", "UTC")
    assert fact.source_id == f"{ASKED.interaction_id}:timezone_set"
    assert (fact.guild_id, fact.user_id, fact.channel_id) == (GUILD, 2001, 3001)
    assert fact.occurred_at == at(30)


def test_an_unknown_zone_and_the_one_in_force_are_refused() -> None:
    with pytest.raises(Refused, match="no time zone of that name"):
        set_timezone(ASKED, "Atlantis", current="UTC")
    with pytest.raises(Refused, match="Asia/Tokyo already"):
        set_timezone(ASKED, "asia/tokyo", current="Asia/Tokyo")
