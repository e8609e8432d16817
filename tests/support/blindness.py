"""Gaps for the made-up histories: recorded, and filled some time later."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from events.decisions.gaps import gap
from events.engine.event import Event
from events.engine.snowflake import to_ms
from events.gaps import GapFilled, GapRecorded


class Blindness:
    """Spans in which the history moves on and nothing is told."""

    def __init__(self, teller: Any) -> None:
        """None yet; ``teller`` tells the history."""
        self.teller = teller
        self.open: list[int] = []

    @property
    def makers(self) -> dict[type[Event], Callable[[], Event | None]]:
        """For each type what makes up its next event."""
        return {GapRecorded: self._gap, GapFilled: self._filled}

    def _gap(self) -> Event:
        dice, began = self.teller.random, self.teller.now
        self.teller.now += timedelta(seconds=dice.choice((2, 400, 200_000)))
        self.open.append(to_ms(began))
        cause = dice.choice(("outage", "session", "unavailable"))
        return gap(self.teller.guild_id, began, self.teller.now, cause)

    def _filled(self) -> Event | None:
        if not self.open:
            return None
        dice, began_ms = self.teller.random, self.open.pop(0)
        names = ("channels", "forbidden", "cut", "messages", "reactions", "people")
        return GapFilled(
            guild_id=self.teller.guild_id,
            source_id=f"gap_filled:{began_ms}",
            occurred_at=self.teller.now,
            began_ms=began_ms,
            **{name: dice.randint(0, 9) for name in names},
        )
