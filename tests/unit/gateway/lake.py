"""A lake just large enough for one test: keeps what is new, compares what is not."""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.gateway.seen import Ignored, Observation, RollCall, Unavailable
from bot.gateway.sequencer import Sequencer, Wanted
from bot.gateway.translate import translate
from events.engine import canonical
from events.engine.catalogue import StoredEvent, decode
from events.engine.event import Event
from tests.unit.gateway import payloads as p

Dispatch = tuple[str, Any]


class Lake:
    def __init__(self) -> None:
        self.rows: list[StoredEvent] = []
        self.conflicts: list[str] = []

    def append(self, event: Event) -> None:
        known = next((row for row in self.rows if row.source_id == event.source_id), None)
        if known is None:
            self.rows.append(canonical.stored(event, len(self.rows) + 1))
        elif not canonical.same_fact(event, decode(known)):
            self.conflicts.append(event.source_id)

    def histories(self, wanted: Sequence[Wanted]) -> Sequence[Sequence[StoredEvent]]:
        return [
            [row for row in self.rows[:last] if row.source_id.startswith(prefix)]
            for _, prefix, last in wanted
        ]

    @property
    def keys(self) -> list[str]:
        return [row.source_id for row in self.rows]

    @property
    def kinds(self) -> list[str]:
        return [row.event_type for row in self.rows]


class Process:
    """A process that connects now and writes what it sees at once."""

    def __init__(self, lake: Lake, *, limit: int = 1000) -> None:
        self.lake = lake
        head = {p.GUILD: len(lake.rows)} if lake.rows else {}
        self.sequencer = Sequencer(lake.histories, head, p.START, limit)

    def see(self, name: str, data: Any, seconds: float = 0) -> None:
        for seen in translate(name, data, p.around(seconds)):
            assert not isinstance(seen, Ignored)
            if isinstance(seen, RollCall | Unavailable):
                continue  # it needs a database
            event = self.sequencer.number(seen) if isinstance(seen, Observation) else seen
            if event is not None:
                self.lake.append(event)
        self.sequencer.settle(p.at(seconds))


def alone(dispatches: Iterable[Dispatch]) -> Lake:
    """What one undisturbed process makes of it: the truth to compare with."""
    lake = Lake()
    process = Process(lake)
    for name, data in dispatches:
        process.see(name, data)
    return lake
