"""XP that fades while a member is away: what a week's run takes, and its undoing.

It is off until its rate is set, and runs once a week from the Monday (UTC) after, like interest
and tax on coins. A week on which no scheduler was awake at all is not made up for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.handle import is_recorded, recorded
from events.decisions import xp_decay
from events.decisions.asked import Asked
from events.decisions.upkeep import period_of, week_start
from events.decisions.xp_decay import Idle, Terms
from events.engine.catalogue import decode
from events.engine.errors import Refused
from events.xp_decay import XpDecayed, XpRestored
from projections.engine.rules import Rules
from projections.engine.ruling import rules_now
from sql import lake
from sql.pool import Connection
from sql.reads import fetch

READS: Final = ("profiles", "settings")
RATE: Final = "xp_decay_weekly"
WEEKS: Final = 8
"""How far back a run can be undone."""


@dataclass(frozen=True, slots=True)
class Run:
    """One week's run: its key, when, what it took and from how many."""

    act: str
    at: datetime
    taken: int
    members: int
    undone: bool


def is_act(act: str) -> bool:
    """Whether this is the key of a run."""
    return act.endswith(f":{XpDecayed.event_type}")


def terms_of(rules: Rules) -> Terms:
    """The guild's rules for it."""
    return Terms(
        rules.number(RATE), rules.number("xp_decay_idle_days"), rules.number("xp_decay_floor")
    )


def preview(conn: Connection, guild_id: int, at: datetime) -> Sequence[XpDecayed]:
    """What a run would do now; nothing while it is off."""
    terms = terms_of(rules_now(conn, guild_id))
    if not terms.rate:
        return []
    before = at - timedelta(days=terms.idle_days)
    rows = fetch(conn, "profiles", "idle", guild=guild_id, before=before, floor=terms.floor)
    return xp_decay.decay(guild_id, at, [Idle(**row) for row in rows], terms)


def waiting(conn: Connection, now: datetime, guild_id: int | None = None) -> Iterable[int]:
    """The guilds (or the one) in which this week's run is still to come: its rate has stood since
    before the week began, so that it could be looked at beforehand."""
    rows = fetch(
        conn, "settings", "in_force_since", key=RATE, before=week_start(now), guild=guild_id
    )
    first = f"{period_of(now)}:{XpDecayed.event_type}:0"
    return [r["guild_id"] for r in rows if not is_recorded(conn, r["guild_id"], first)]


def decide(conn: Connection, guild_id: int, now: datetime) -> Sequence[XpDecayed]:
    """This week's run, if it is still to come."""
    return preview(conn, guild_id, now) if guild_id in waiting(conn, now, guild_id) else []


def events_of(conn: Connection, guild_id: int, act: str) -> list[XpDecayed]:
    """The parts of a run; none when there is no such run."""
    rows = lake.with_prefix(conn, guild_id, f"{act}:")
    return [event for event in map(decode, rows) if isinstance(event, XpDecayed)]


def runs(conn: Connection, guild_id: int, now: datetime) -> list[Run]:
    """The runs of the last weeks that took anything, newest first."""
    found = []
    for week in range(WEEKS):
        act = f"{period_of(now - timedelta(weeks=week))}:{XpDecayed.event_type}"
        events = events_of(conn, guild_id, act)
        lost = [share.xp for event in events for share in event.shares]
        if lost:
            undone = recorded(conn, guild_id, f"{events[0].source_id}:undone") is not None
            found.append(Run(act, events[0].occurred_at, sum(lost), len(lost), undone))
    return found


def undo(conn: Connection, asked: Asked, act: str, reason: str) -> Sequence[XpRestored]:
    """What undoes a run; what an earlier click on the same preview recorded is not decided again.
    Raises Refused."""
    events = events_of(conn, asked.guild_id, act)
    if not events:
        raise Refused("There is no such act. Pick one from the list.")
    before = [recorded(conn, asked.guild_id, f"{event.source_id}:undone") for event in events]
    mine = [
        fact
        for fact in before
        if isinstance(fact, XpRestored) and fact.interaction_id == asked.interaction_id
    ]
    if not mine and any(before):
        raise Refused("Somebody has undone that already. An act is undone once.")
    return mine or xp_decay.restore(asked, events, reason)
