"""The books kept a second time, in plain Python: what each account held at each position.

Nothing here reads a table that a fold has made, so what members are told can be held against it.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable

from events.engine.catalogue import StoredEvent, decode
from events.engine.event import Event
from events.interactions import InteractionUsed
from events.ledger import COINS, MINT, LedgerEvent

Account = tuple[str, str]


class Books:
    """Every event of a guild so far, and the balances after each; ``lines`` are the amount and the
    balance after it of each posting, by position."""

    def __init__(self) -> None:
        """Nothing has happened."""
        self.events: dict[int, Event] = {}
        self.position_of: dict[str, int] = {}
        self.used: dict[int, InteractionUsed] = {}
        self.lines: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._now: Counter[Account] = Counter()
        self._held: dict[Account, list[tuple[int, int]]] = defaultdict(list)

    @property
    def head(self) -> int:
        """The last position."""
        return len(self.events)

    def read(self, rows: Iterable[StoredEvent]) -> None:
        """Enter what was appended. At each position money is conserved and only the mint owes."""
        for row in rows:
            self.enter(decode(row), row.position)

    def enter(self, event: Event, position: int) -> None:
        """One event at its position."""
        assert position == self.head + 1, "a gap in the stream"
        self.events[position] = event
        self.position_of[event.source_id] = position
        if isinstance(event, InteractionUsed):
            self.used[event.interaction_id] = event
        if isinstance(event, LedgerEvent):
            self._post(event, position)

    def _post(self, event: LedgerEvent, position: int) -> None:
        sums: Counter[str] = Counter()
        for posting in event.postings:
            sums[posting.currency] += posting.amount
            account = posting.account, posting.currency
            self._now[account] += posting.amount
            assert self._now[account] >= 0 or posting.account == MINT, f"{account} owes: {event}"
            self._held[account].append((position, self._now[account]))
            self.lines[position].append((posting.amount, self._now[account]))
        assert not any(sums.values()), f"money was made or lost: {event}"

    def held(self, account: str, at: int, currency: str = COINS) -> int:
        """What an account held right after the event at this position."""
        entries = self._held.get((account, currency), [])
        found = bisect_right(entries, at, key=lambda entry: entry[0])
        return entries[found - 1][1] if found else 0

    def all_held(self) -> dict[Account, int]:
        """Every account that has ever been used, and what it holds now."""
        return dict(self._now)

    def caused(self, interaction_id: int) -> list[tuple[int, Event]]:
        """The facts of an interaction with their positions; none of one that was not recorded."""
        used = self.used.get(interaction_id)
        positions = [self.position_of[source_id] for source_id in used.caused] if used else []
        return [(position, self.events[position]) for position in positions]
