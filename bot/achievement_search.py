"""Looks for the events by which members reached achievements, in a part of the log or in all of it.

What was earned is in the activity log, what was done is in the lake itself; the season of each is
told by the rules in force at its position. So a number here is the number that the boards show.
A look over the whole log takes some seconds for a million events; it happens when a template is
made or changed. What is new since the last time is a few events, and is all that is read then.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain

from events.achievements import LIFETIME
from events.decisions.achievements import Reached, Template
from events.decisions.reaching import Step, Total, measure_of, reached, summed
from events.engine.catalogue import StoredEvent, decode
from events.engine.event import RULE_PREFIX
from projections.engine.rules import Rules
from sql import lake
from sql.pool import Connection
from sql.reads import fetch

WINDOW = 10_000
"""Positions that are read at once."""

POINTS = frozenset({"xp", "stars", "level"})
"""The measures that the activity log has."""

Found = list[tuple[Template, Reached]]


def search(
    conn: Connection, guild_id: int, templates: Sequence[Template], after: int, head: int
) -> Found:
    """What of ``templates`` was reached by the events after position ``after``, up to the ``head``
    of the guild's stream; bots reach nothing."""
    templates = [t for t in templates if t.asks_for.kind in ("count", "sum", "reach")]
    if not templates:
        return []
    log = _Log(conn, guild_id, {measure_of(t) for t in templates}, after, head)
    found = reached(templates, log.steps(), log.before() if after else {})
    members = list({who.user_id for _, who in found})
    bots = {
        row["user_id"] for row in fetch(conn, "achievements", "bots", guild=guild_id, users=members)
    }
    return [(template, who) for template, who in found if who.user_id not in bots]


def imported(conn: Connection, guild_id: int, found: Found) -> set[int]:
    """Which of the events by which something was reached an import has told."""
    positions = [who.position for _, who in found]
    rows = fetch(conn, "achievements", "imported", guild=guild_id, positions=positions)
    return {row["position"] for row in rows}


class _Log:
    """A part of a guild's log as steps."""

    def __init__(
        self, conn: Connection, guild_id: int, measures: set[str], after: int, head: int
    ) -> None:
        self._conn, self._guild_id = conn, guild_id
        self._after, self._head = after, head
        self._points = sorted(measures & POINTS)
        self._measures = measures - POINTS
        self._types = sorted({measure.partition(":")[0] for measure in self._measures})
        self._changes = lake.with_prefix(conn, guild_id, RULE_PREFIX)

    def steps(self) -> Iterator[Step]:
        """Every step, in order for each measure."""
        return chain(self._point_steps(), self._event_steps())

    def before(self) -> dict[Total, int]:
        """What those who took steps had ahead of the first: what they have now, less the steps."""
        steps = summed(self.steps())
        users = list({user_id for user_id, _, _ in steps})
        parameters = {"guild": self._guild_id, "users": users, "types": self._types}
        rows = fetch(self._conn, "achievements", "totals", **parameters)
        now = {(row["user_id"], row["measure"], row["season"]): row["total"] for row in rows}
        return {total: count - steps.get(total, 0) for total, count in now.items()}

    def _windows(self) -> Iterator[tuple[int, int]]:
        for start in range(self._after, self._head, WINDOW):
            yield start, min(start + WINDOW, self._head)

    def _point_steps(self) -> Iterator[Step]:
        if not self._points:
            return
        seasons = _Seasons(self._changes)
        for after, up_to in self._windows():
            window = {"guild": self._guild_id, "after": after, "up_to": up_to}
            for row in fetch(self._conn, "achievements", "point_steps", **window):
                who = row["position"], row["user_id"], row["occurred_at"]
                season = seasons.at(row["position"], row["occurred_at"])
                for measure in self._points:
                    if measure == "level":
                        yield Step(*who, season, measure, value=row["level_to"])
                    else:
                        yield Step(*who, season, measure, row[measure])

    def _event_steps(self) -> Iterator[Step]:
        if not self._types:
            return
        seasons = _Seasons(self._changes)
        for after, up_to in self._windows():
            window = {"guild": self._guild_id, "after": after, "up_to": up_to}
            rows = fetch(self._conn, "achievements", "event_steps", types=self._types, **window)
            for row in rows:
                who = row["position"], row["user_id"], row["occurred_at"]
                season = seasons.at(row["position"], row["occurred_at"])
                if row["event_type"] in self._measures:
                    yield Step(*who, season, row["event_type"], 1)
                streak = f"{row['event_type']}:streak"
                if streak in self._measures:
                    yield Step(*who, season, streak, value=row["streak"])


class _Seasons:
    """Which season an event belongs to, asked in the order of positions."""

    def __init__(self, changes: Sequence[StoredEvent]) -> None:
        self._rules = Rules()
        self._changes = iter(changes)
        self._next = next(self._changes, None)

    def at(self, position: int, moment: datetime) -> int:
        """The season of what happened at ``moment`` and stands at ``position``."""
        while self._next is not None and self._next.position <= position:
            self._rules.apply(decode(self._next))
            self._next = next(self._changes, None)
        return self._rules.season_of(moment) or LIFETIME
