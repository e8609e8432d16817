"""The cool-down between rewards: per member, for messages per channel, and by event time."""

from dataclasses import dataclass, field

from events.engine.sources import MAX_COOLDOWN

REMEMBERED_MS = 2 * 1000 * MAX_COOLDOWN
"""How far from the newest reward, and from the last one, others are remembered: twice the longest
cool-down that can be set."""
RECENT = 20
"""Rewarded messages that are remembered for certain, should they be deleted; at most twice as many
are. The row is written for every rewarded message, so it stays well below what PostgreSQL would
compress and move out of the table (2 kB)."""


@dataclass(slots=True)
class Pacing:
    """When a member was last rewarded, in milliseconds by channel (for messages) or by source; what
    is live and each import are a ``sequence`` of their own.

    Forgotten, whenever something is rewarded, are the channels whose own last reward is more than
    two days away both from the newest of them all and from this one (which is not the newest when
    an import goes back to an earlier year). Nobody can tell as long as a message is no more than
    a day older than the newest that was rewarded: the forgotten ones are over a day, thus over
    any cool-down, before it. Only one that comes later than that may be rewarded close to another
    which is forgotten.

    ``recent`` is what the newest messages brought, by message: XP and stars of the member and, for
    an answer, of whoever was answered.
    """

    user_id: int
    sequence: str
    rewarded: dict[str, int] = field(default_factory=dict)
    recent: dict[str, list[int]] = field(default_factory=dict)

    def reward(self, key: str, now: int, cooldown: int) -> bool:
        """Whether the cool-down (in seconds) of ``key`` is over at ``now`` (in milliseconds); if
        so it is noted."""
        last = self.rewarded.get(key)
        if last is not None and abs(now - last) < 1000 * cooldown:
            return False
        self.rewarded[key] = now if last is None else max(now, last)
        newest = max(self.rewarded.values())
        if newest - min(self.rewarded.values()) > REMEMBERED_MS:
            self.rewarded = {
                other: at
                for other, at in self.rewarded.items()
                if newest - at <= REMEMBERED_MS or abs(now - at) <= REMEMBERED_MS
            }
        return True

    def brought(self, message_id: int, gains: list[int]) -> None:
        """Remember what a message brought; the oldest ones are forgotten, half of them at once."""
        self.recent[str(message_id)] = gains
        if len(self.recent) > 2 * RECENT:
            for old in sorted(map(int, self.recent))[:-RECENT]:
                del self.recent[str(old)]

    def take_back(self, message_id: int) -> list[int] | None:
        """What a message brought, which is forgotten now; None when it is not remembered."""
        return self.recent.pop(str(message_id), None)
