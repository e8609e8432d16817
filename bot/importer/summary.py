"""What an import did, or in a dry run would do."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from events.engine.event import Event


@dataclass(slots=True)
class Summary:
    """Events are counted by type, everything that became none by the reason."""

    dry_run: bool
    files: int = 0
    messages: int = 0
    new: Counter[str] = field(default_factory=Counter)
    duplicate: Counter[str] = field(default_factory=Counter)
    """Already in the lake. A dry run counts conflicts here too: it compares ids only."""
    conflict: Counter[str] = field(default_factory=Counter)
    """The lake tells another fact under the same source id; nothing was written."""
    skipped: Counter[str] = field(default_factory=Counter)
    guilds: dict[int, str] = field(default_factory=dict)
    """Names by id; 0 is direct messages."""
    first: datetime | None = None
    last: datetime | None = None
    member_ids: set[int] = field(default_factory=set)

    @property
    def members(self) -> int:
        """How many people wrote or reacted."""
        return len(self.member_ids)

    def saw_message(self, at: datetime) -> None:
        """Count a message and widen the span of time."""
        self.messages += 1
        self.first = at if self.first is None else min(self.first, at)
        self.last = at if self.last is None else max(self.last, at)

    def saw_members(self, events: Iterable[Event]) -> None:
        """Remember whose events these are."""
        self.member_ids.update(e.user_id for e in events if e.user_id is not None)
