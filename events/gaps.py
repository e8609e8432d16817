"""Gaps: spans in which the bot saw nothing of a guild, and what it fetched afterwards.

Source ids: ``gap:{began_ms}``, ``gap_filled:{began_ms}``.
"""

from typing import ClassVar, Final, Literal

from events.engine.event import Count, Event

Cause = Literal["outage", "session", "dispatch", "overflow", "unavailable", "database", "operator"]
"""Why: the bot was not running; it lost its session with Discord; Discord skipped something in it;
there was no room for what came in; Discord itself was without the guild; the database was away, so
that nothing is missed but nobody could use a command; an operator says so."""

FORGIVES_MS: Final = 5 * 60 * 1000
"""From this length on a gap excuses what members could not do; a shorter one is a restart."""


class GapRecorded(Event):
    """The bot was blind from ``began_ms`` until ``ended_ms``, so nobody is to blame for what was
    not seen then. Whoever records the same gap once more may differ in when it ended and why."""

    event_type: ClassVar[str] = "gap_recorded"
    restated: ClassVar[frozenset[str]] = frozenset({"ended_ms", "occurred_at", "cause"})

    began_ms: Count
    """First millisecond (since 1970, UTC) that may have been missed."""
    ended_ms: Count
    """First millisecond that was seen again."""
    cause: Cause


class GapFilled(Event):
    """What Discord still told of a gap has been fetched; the counts are of facts that were asked
    for, known ones among them. Who fetches it once more finds other numbers."""

    event_type: ClassVar[str] = "gap_filled"
    restated: ClassVar[frozenset[str]] = frozenset(
        {"occurred_at", "channels", "forbidden", "cut", "messages", "reactions", "people"}
    )

    began_ms: Count
    """Which gap."""
    channels: Count
    """Channels and threads whose messages were read."""
    forbidden: Count
    """Channels and threads that we may not read."""
    cut: Count
    """Channels and threads with more messages than are fetched."""
    messages: Count
    reactions: Count
    """Messages whose reactions were compared."""
    people: Count
    """Members who were compared."""
