"""Discord's ids and their time."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.engine.snowflake import DISCORD_EPOCH_MS, created_at, from_ms, snowflake_at, to_ms


def test_the_example_of_discords_documentation() -> None:
    assert created_at(175928847299117063) == datetime(2016, 4, 30, 11, 18, 25, 796_000, UTC)


@settings(derandomize=True, database=None, max_examples=50)
@given(snowflake=st.integers(0, 2**63 - 1))
def test_an_id_is_its_time_and_its_low_bits(snowflake: int) -> None:
    assert snowflake_at(created_at(snowflake), snowflake & (2**22 - 1)) == snowflake


@pytest.mark.parametrize(
    ("moment", "ms"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(2015, 1, 1, tzinfo=UTC), DISCORD_EPOCH_MS),
        (datetime(2026, 1, 5, 12, 0, 0, 999, UTC), 1_767_614_400_000),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC), -1),  # rounded down, not to zero
    ],
)
def test_milliseconds_are_rounded_down(moment: datetime, ms: int) -> None:
    assert to_ms(moment) == ms
    assert to_ms(from_ms(ms)) == ms


def test_times_are_exact_far_from_now() -> None:
    for year in (2015, 2084, 9999):
        moment = datetime(year, 12, 31, 23, 59, 59, 999_000, UTC)
        assert from_ms(to_ms(moment)) == moment
