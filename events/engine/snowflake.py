"""Discord's ids: 42 bits of milliseconds since 2015, then worker, process and counter.

Source of the layout: Discord developer documentation, "API Reference: Snowflakes".
"""

from datetime import UTC, datetime, timedelta

DISCORD_EPOCH_MS = 1_420_070_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def from_ms(milliseconds: int) -> datetime:
    """The UTC time ``milliseconds`` after 1970, exact (no float on the way)."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def to_ms(moment: datetime) -> int:
    """Whole milliseconds from 1970 to ``moment`` (aware), rounded down."""
    return (moment - _EPOCH) // _MILLISECOND


def created_at(snowflake: int) -> datetime:
    """When Discord made this id, in UTC, to the millisecond."""
    return from_ms((snowflake >> 22) + DISCORD_EPOCH_MS)


def snowflake_at(moment: datetime, low_bits: int = 0) -> int:
    """The id that Discord would make at ``moment``; ``low_bits`` (0 to 2**22-1) tells ids apart."""
    return ((to_ms(moment) - DISCORD_EPOCH_MS) << 22) | low_bits
