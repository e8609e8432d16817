"""The cool-down between rewarded messages: per member, per channel, and by event time."""

from dataclasses import dataclass, field

from events.engine.snowflake import to_ms
from events.messages import MessageCreated

REMEMBERED_MS = 2 * 86_400_000
"""How far from the newest rewarded message, and from the last one, others are remembered: twice
the longest cool-down that can be set."""


@dataclass(slots=True)
class Pacing:
    """When a member's messages were last rewarded, in milliseconds by channel; live messages and
    each import are a ``sequence`` of their own.

    Forgotten, whenever a message is rewarded, are the channels whose own last reward is more than
    two days away both from the newest of them all and from this one (which is not the newest when
    an import goes back to an earlier year). Nobody can tell as long as a message is no more than
    a day older than the newest that was rewarded: the forgotten ones are over a day, thus over
    any cool-down, before it. Only one that comes later than that may be rewarded close to another
    which is forgotten.
    """

    user_id: int
    sequence: str
    rewarded: dict[str, int] = field(default_factory=dict)

    def reward(self, event: MessageCreated, cooldown: int) -> bool:
        """Whether the cool-down (in seconds) is over where ``event`` is; if so it is noted."""
        now, channel = to_ms(event.occurred_at), str(event.channel_id or 0)
        last = self.rewarded.get(channel)
        if last is not None and abs(now - last) < 1000 * cooldown:
            return False
        self.rewarded[channel] = now if last is None else max(now, last)
        newest = max(self.rewarded.values())
        self.rewarded = {
            where: at
            for where, at in self.rewarded.items()
            if newest - at <= REMEMBERED_MS or abs(now - at) <= REMEMBERED_MS
        }
        return True
