"""When the next claim is open and which days were missed, whatever the member's zone does.

The rule, for days (and, with seven days for one, for ISO weeks):

1. The day of a claim is the local date at the time it was asked for, in the zone in force. Zones
   are in force from their place in the guild's log on.
2. A claim needs a **later local date** than that of the member's last claim. So no date is ever
   claimed twice, whichever zones it is reached by: all the zone changes in the world win a member
   the 26 hours between the easternmost and the westernmost zone, once, and no more.
3. Right after a **change of zone** (the zone in force is not that of the last claim) a claim also
   needs ``WAIT`` (20 hours for a day) since the last one, so that no flight across midnight pays
   twice in an evening. Who stays in a zone may claim at 23:59 and again at 00:00: two of its days.
4. A day is **missed** when the member had the whole of it, midnight to midnight, in one zone, could
   have claimed at any moment of it, and did not. Days that a move cut short, skipped, or left no
   claim open on, break no streak. Days lengthened or shortened by daylight saving are days; a date
   that a zone left out altogether is none.
5. A missed day on which the bot was down for a while is forgiven (``FORGIVES_MS``; a restart is
   none).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from events.decisions.zones import Span, midnight

WAIT: Final = {1: timedelta(hours=20), 7: timedelta(days=6, hours=20)}
"""The least time between two claims in different zones, by the days in the span."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A member's last claim: the first day of the span it was for, when, where, and the streak
    that it made."""

    first: date
    at: datetime
    zone: str
    streak: int


@dataclass(frozen=True, slots=True)
class Move:
    """The member lives by ``zone`` since then."""

    zone: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Outage:
    """The bot was down from one instant to just before another."""

    began: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class Missed:
    """How many days were missed since the last claim, and how many of them are forgiven."""

    days: int
    forgiven: int


def opens_at(span: Span, last: Claim, zone: str) -> datetime:
    """The first instant in which the claim after ``last`` is open in ``zone``."""
    begins = midnight(span.after(last.first), zone)
    return begins if zone == last.zone else max(begins, last.at + WAIT[span.days])


def missed(
    span: Span, last: Claim, moves: Sequence[Move], outages: Sequence[Outage], now: datetime
) -> Missed:
    """What was missed between ``last`` and ``now``; ``moves`` are those made since ``last``."""
    gone: dict[date, bool] = {}
    for zone, start, end in _stays(last, moves, now):
        today = span.at(now, moves[-1].zone if moves else last.zone)
        for first, began, ended in _whole_spans(span, zone, start, end):
            open_ = began >= opens_at(span, last, zone)
            if open_ and last.first < first < today:
                down = any(o.began < ended and began < o.ended for o in outages)
                gone[first] = gone.get(first, False) or down
    return Missed(len(gone), sum(gone.values()))


def _stays(
    last: Claim, moves: Sequence[Move], now: datetime
) -> Iterator[tuple[str, datetime, datetime]]:
    """The zones in force since the last claim, each from when until when."""
    starts = [Move(last.zone, last.at), *moves]
    ends = [*(move.since for move in moves), now]
    for stay, end in zip(starts, ends, strict=True):
        yield stay.zone, stay.since, end


def _whole_spans(
    span: Span, zone: str, start: datetime, end: datetime
) -> Iterator[tuple[date, datetime, datetime]]:
    """Each span of ``zone`` that lies wholly between two instants, with its own two instants."""
    first = span.at(start, zone)
    began, ended = midnight(first, zone), midnight(span.after(first), zone)
    while ended <= end:
        if start <= began < ended:
            yield first, began, ended
        first = span.after(first)
        began, ended = ended, midnight(span.after(first), zone)
