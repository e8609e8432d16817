"""Looks for the events by which members reached achievements, in a part of the log or in all of it.

What was earned is in the activity log, what was done is in the lake itself; the season of each is
told by the rules in force at its position. So a number here is the number that the boards show.
A look over the whole log takes about ten seconds for a million events (measured), so it is done
before the guild is locked; it happens when a template is made or changed. Otherwise what is new
since the last time is a few events, and is all that is read.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, lru_cache

from events.achievements import LIFETIME
from events.decisions.achievements import Reached, Template
from events.decisions.reaching import Step, Total, measure_of, reached, summed
from events.engine.catalogue import readable
from events.engine.event import RULE_PREFIX
from events.engine.snowflake import created_at
from events.xp_decay import XpDecayed, XpRestored
from projections.engine.rules import Rules
from projections.engine.ruling import rules_now
from projections.profiles import REWARDED_MESSAGES
from sql import lake
from sql.pool import Connection
from sql.reads import Row, fetch
from sql.seal import NewestRule

WINDOW = 10_000
"""Positions that are read at once."""

POINTS = frozenset({"xp", "stars", "level"})
"""The measures that the activity log has."""

SEASONLESS = frozenset({XpDecayed.event_type, XpRestored.event_type})
"""Sources of points that count for the lifetime only."""

STREAK = ":streak"
"""Behind the type of a claim: not how often it was made, but the streak that it tells of."""

STATISTICS = {
    "message_create": (("messages", "user_id"),),
    "reaction_add": (("reactions_given", "user_id"), ("reactions_received", "target_id")),
    "reaction_tally": (("reactions_received", "target_id"),),
    "thread_create": (("threads", "user_id"),),
}
"""Which columns of the statistics an event moves, and whose (see ``projections/profiles.py``)."""

Found = list[tuple[Template, Reached]]


def search(
    conn: Connection, guild_id: int, templates: Sequence[Template], after: int, head: int
) -> Found:
    """What of ``templates`` was reached by the events after position ``after``, up to the ``head``
    of the guild's stream; bots reach nothing."""
    templates = [t for t in templates if t.asks_for.kind in ("count", "sum", "reach")]
    if not templates:
        return []
    log = Log(conn, guild_id, {measure_of(t) for t in templates}, after, head)
    found = reached(templates, log.steps(), log.before() if after else {})
    members = list({who.user_id for _, who in found})
    bots = {
        row["user_id"] for row in fetch(conn, "achievements", "bots", guild=guild_id, users=members)
    }
    return [(template, who) for template, who in found if who.user_id not in bots]


def look_back(conn: Connection, guild_id: int, templates: Sequence[Template], head: int) -> Found:
    """The same over the whole log, of which the part up to the guild's newest rule may have been
    looked at before (:func:`prepare`)."""
    if not templates:
        return []
    newest = lake.newest_rule(conn, guild_id)
    past = _memory(newest.digest, _named(templates))
    if not past:
        return search(conn, guild_id, templates, 0, head)
    known = {(template.achievement, who.user_id, who.season) for template, who in past[0]}
    since = search(conn, guild_id, templates, newest.position, head)
    return past[0] + [
        (template, who)
        for template, who in since
        if (template.achievement, who.user_id, who.season) not in known
    ]


def prepare(
    conn: Connection, guild_id: int, templates: Sequence[Template], newest: NewestRule
) -> None:
    """Look at the log up to the ``newest`` rule, and remember what there is for ``templates``. The
    read models must have come that far. A digest names one history and no other, so what is
    remembered under it is never stale, and the guild need not be locked meanwhile."""
    past = _memory(newest.digest, _named(templates))
    if not past:
        past.append(search(conn, guild_id, templates, 0, newest.position))


def _named(templates: Sequence[Template]) -> tuple[tuple[str, int], ...]:
    return tuple((template.achievement, template.revision) for template in templates)


@lru_cache(100)
def _memory(digest: bytes, named: tuple[tuple[str, int], ...]) -> list[Found]:
    """Where it is remembered."""
    return []


def imported(conn: Connection, guild_id: int, found: Found) -> set[int]:
    """Which of the events by which something was reached an import has told."""
    positions = [who.position for _, who in found]
    rows = fetch(conn, "achievements", "imported", guild=guild_id, positions=positions)
    return {row["position"] for row in rows}


class Log:
    """A part of a guild's log as steps."""

    def __init__(
        self, conn: Connection, guild_id: int, measures: set[str], after: int, head: int
    ) -> None:
        """The steps of these ``measures`` after position ``after``, up to ``head``."""
        self._conn, self._guild_id = conn, guild_id
        self._after, self._head = after, head
        self._points = sorted(measures & POINTS)
        self._measures = measures - POINTS
        self._types = sorted({of for measure in self._measures for of in _types(measure)})

    def steps(self) -> Iterator[Step]:
        """Every step, in order for each measure."""
        if self._points:
            yield from self._point_steps()
        if self._types:
            yield from self._event_steps()

    def before(self) -> dict[Total, int]:
        """What those who took steps had ahead of the first: what they have now, less the steps."""
        steps = summed(self.steps())
        users = list({user_id for user_id, _, _ in steps})
        parameters = {"guild": self._guild_id, "users": users, "types": self._types}
        rows = fetch(self._conn, "achievements", "totals", **parameters)
        now = {(row["user_id"], row["measure"], row["season"]): row["total"] for row in rows}
        return {total: count - steps.get(total, 0) for total, count in now.items()}

    def _rows(self, name: str, **more: object) -> Iterator[tuple[Row, int]]:
        """The rows of a named read, some positions at a time, each with its season."""
        seasons = _Seasons(self._conn, self._guild_id, self._after)
        for start in range(self._after, self._head, WINDOW):
            window = {"after": start, "up_to": min(start + WINDOW, self._head)}
            for row in fetch(
                self._conn, "achievements", name, guild=self._guild_id, **window, **more
            ):
                written = row.get("message_id")
                moment = created_at(written) if written else row["occurred_at"]
                yield row, seasons.at(row["position"], moment)

    def _point_steps(self) -> Iterator[Step]:
        for row, counted in self._rows("point_steps", seasonless=sorted(SEASONLESS)):
            season = LIFETIME if row["seasonless"] else counted
            who = row["position"], row["user_id"], row["occurred_at"], season
            for measure in self._points:
                if measure == "level":
                    yield Step(*who, measure, value=row["level_to"])
                else:
                    yield Step(*who, measure, row[measure])

    def _event_steps(self) -> Iterator[Step]:
        written = sorted(REWARDED_MESSAGES)
        for row, season in self._rows("event_steps", types=self._types, written=written):
            for measure, whose in _moved(row["event_type"]):
                if measure not in self._measures or row[whose] is None:
                    continue
                who = row["position"], row[whose], row["occurred_at"], season
                if measure.endswith(STREAK):
                    yield Step(*who, measure, value=row["streak"])
                else:
                    yield Step(*who, measure, row["count"])


@cache
def _moved(event_type: str) -> tuple[tuple[str, str], ...]:
    """What an event of a type moves, and whose (the column that names the member)."""
    own = ((event_type, "user_id"), (event_type + STREAK, "user_id"))
    return own + STATISTICS.get(event_type, ())


def _types(measure: str) -> list[str]:
    """The types of the events that move a measure."""
    moving = [of for of, moved in STATISTICS.items() if measure in dict(moved)]
    return moving or [measure.removesuffix(STREAK)]


class _Seasons:
    """Which season an event belongs to, asked in the order of positions."""

    def __init__(self, conn: Connection, guild_id: int, after: int) -> None:
        changed = lake.newest_rule(conn, guild_id).position > after
        rows = lake.with_prefix(conn, guild_id, RULE_PREFIX) if changed else []
        self._rules = Rules() if changed else rules_now(conn, guild_id)
        self._changes = iter(rows)
        self._next = next(self._changes, None)

    def at(self, position: int, moment: datetime) -> int:
        """The season of what happened at ``moment`` and stands at ``position``."""
        while self._next is not None and self._next.position <= position:
            self._rules = self._rules.then(readable(self._next))
            self._next = next(self._changes, None)
        return self._rules.season_of(moment) or LIFETIME
