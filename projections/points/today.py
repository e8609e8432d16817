"""What a member has earned on a day (UTC), as far as a limit looks at it.

A day is a plain mapping that is kept in the member's profile: ``all`` (XP), ``message`` (XP of a
source), ``message:13`` (XP of a source in an hour of the day), ``>2002`` (rewards for what was done
for another member), ``burst`` (see :func:`burst`). Kept are the newest day, the one before it, for
what arrives late, and the one that was last looked at, for imports. So there are at most three.
"""

from typing import Any

Day = dict[str, Any]

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
BURST_MS = 300_000
"""Five minutes."""


def day_of(days: dict[str, Day], now: int) -> Day:
    """The day of the moment ``now`` (milliseconds); days that can no longer matter are forgotten
    when a new one begins."""
    number = str(now // DAY_MS)
    found = days.get(number)
    if found is None:
        found = days[number] = {}
        newest = max(map(int, days))
        for other in [n for n in days if n != number and int(n) < newest - 1]:
            del days[other]
    return found


def hour_key(source: str, now: int) -> str:
    """Where a day keeps the XP of ``source`` in the hour of ``now``."""
    return f"{source}:{now % DAY_MS // HOUR_MS}"


def pair_key(member_id: int) -> str:
    """Where the day of who did something keeps how often that was rewarded for ``member_id``."""
    return f">{member_id}"


def reactors(day: Day, now: int, reactor: int, limit: int) -> list[int]:
    """The five minutes of ``now``: the XP given in excess, then who has reacted, ``limit`` of them
    and one more at most. Only one span of five minutes is kept a day, the last one looked at."""
    span = now // BURST_MS
    kept = day.get("burst")
    if kept is None or kept[0] != span:
        kept = day["burst"] = [span, 0]
    if reactor not in kept[2:] and len(kept) < limit + 3:
        kept.append(reactor)
    return kept
