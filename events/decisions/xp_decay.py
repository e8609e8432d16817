"""What the decay of XP comes to, and how it is undone: whole points, each share rounded down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from events.decisions.asked import Asked
from events.decisions.claims import chunks
from events.decisions.upkeep import period_of, share
from events.xp_decay import XpDecayed, XpRestored, XpShare


@dataclass(frozen=True, slots=True)
class Idle:
    """A member who was not seen for long, and the XP that counts for the level."""

    user_id: int
    xp: int


@dataclass(frozen=True, slots=True)
class Terms:
    """A guild's rules for it: hundredths of a percent a week, days unseen, and the XP below which
    nothing fades."""

    rate: int
    idle_days: int
    floor: int


def loss(xp: int, terms: Terms) -> int:
    """What fades of ``xp`` in a week."""
    return min(share(xp, terms.rate), max(0, xp - terms.floor))


def decay(guild_id: int, at: datetime, idle: Sequence[Idle], terms: Terms) -> list[XpDecayed]:
    """The week's run: one event for each part, at least one, which may be empty."""
    period = period_of(at)
    lost = [XpShare(user_id=one.user_id, xp=xp) for one in idle if (xp := loss(one.xp, terms)) > 0]
    return [
        XpDecayed(
            guild_id=guild_id,
            source_id=f"{period}:{XpDecayed.event_type}:{number}",
            occurred_at=at,
            period=period,
            chunk=number,
            rate=terms.rate,
            idle_days=terms.idle_days,
            floor=terms.floor,
            shares=list(part),
        )
        for number, part in enumerate(chunks(lost))
    ]


def restore(asked: Asked, run: Sequence[XpDecayed], reason: str) -> list[XpRestored]:
    """The admin ``asked.user_id`` undoes a run: everybody gets back what it took."""
    return [
        XpRestored(
            **asked.envelope,
            source_id=f"{event.source_id}:undone",
            undoes=event.source_id,
            reason=reason,
            interaction_id=asked.interaction_id,
            shares=event.shares,
        )
        for event in run
    ]
