"""The guild's seasons, what admins have planned, and the final standing of each that is closed."""

from dataclasses import dataclass
from datetime import UTC, datetime

from events.calendars import CalendarSet
from events.engine.snowflake import from_ms, to_ms
from events.seasons import (
    SeasonEdited,
    SeasonEnded,
    SeasonPlanned,
    SeasonRecurrenceSet,
    SeasonStarted,
)
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table

_LAST_MS = to_ms(datetime.max.replace(tzinfo=UTC))


@dataclass(slots=True)
class Season:
    """One season. ``ends_at`` is as planned while it is open and as it was afterwards, ``ended_at``
    is None while it is open; ``board`` and ``members`` are those of the final standing. While the
    newest season is closed, ``next_at`` is when another one is to begin."""

    number: int
    name: str
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    board: str | None
    members: int
    revision: int
    next_at: datetime | None
    position: int


@dataclass(slots=True)
class Plan:
    """A season that was planned; ``state`` is planned, begun or cancelled."""

    plan_id: int
    revision: int
    name: str
    starts_at: datetime
    ends_at: datetime
    state: str


@dataclass(slots=True)
class FinalPlace:
    """One place of a closed season's standing."""

    position: int
    line: int
    season: int
    rank: int
    user_id: int
    number: int


SEASONS = Table("seasons", Season, "state", key=("number",))
PLANS = Table("season_plans", Plan, "state", key=("plan_id",))
PLACES = Table("season_places", FinalPlace, "journal", key=("position", "line"))
READ_MODEL = ReadModel("seasons", version=2, tables=(SEASONS, PLANS, PLACES))


@READ_MODEL.on(SeasonStarted)
def started(event: SeasonStarted, to: WorkingSet) -> None:
    """A season opens; if it was planned, the plan is fulfilled."""
    starts, ends = _moment(event.starts_ms), _moment(event.ends_ms)
    to.put(
        SEASONS,
        Season(event.number, event.name, starts, ends, None, None, 0, 0, None, to.position),
    )
    plan = to.get(PLANS, event.plan_id)
    if plan is not None:
        plan.state = "begun"
        to.put(PLANS, plan)


@READ_MODEL.on(SeasonEdited)
def edited(event: SeasonEdited, to: WorkingSet) -> None:
    """The running season has another name or end."""
    season = to.get(SEASONS, event.number)
    if season is not None:
        season.name, season.ends_at = event.name, _moment(event.ends_ms)
        season.revision, season.position = event.revision, to.position
        to.put(SEASONS, season)


@READ_MODEL.on(SeasonEnded)
def ended(event: SeasonEnded, to: WorkingSet) -> None:
    """A season closes; its standing is kept as it was then."""
    starts, ends = _moment(event.starts_ms), _moment(event.ends_ms)
    season = Season(
        event.number,
        event.name,
        starts,
        ends,
        event.occurred_at,
        event.board,
        event.ranked,
        0,
        None,
        to.position,
    )
    to.put(SEASONS, season)
    for line, place in enumerate(event.standing, start=1):
        to.write(
            PLACES,
            FinalPlace(to.position, line, event.number, place.rank, place.user_id, place.number),
        )
    _look_ahead(to)


@READ_MODEL.on(SeasonPlanned)
def planned(event: SeasonPlanned, to: WorkingSet) -> None:
    """An admin plans a season, changes the plan, or takes it back."""
    starts, ends = _moment(event.starts_ms), _moment(event.ends_ms)
    state = "cancelled" if event.cancelled else "planned"
    to.put(PLANS, Plan(event.plan_id, event.revision, event.name, starts, ends, state))
    _look_ahead(to)


@READ_MODEL.on(SeasonRecurrenceSet, CalendarSet)
def other_borders(event: SeasonRecurrenceSet | CalendarSet, to: WorkingSet) -> None:
    """What is to come begins at another time."""
    _look_ahead(to)


def _look_ahead(to: WorkingSet) -> None:
    """Note on the newest season, if it is closed, when the next one is to begin."""
    newest = max(to.all(SEASONS), key=lambda season: season.number, default=None)
    if newest is not None and newest.ended_at is not None:
        newest.next_at = to.rules.seasons.next_at
        to.put(SEASONS, newest)


def _moment(milliseconds: int) -> datetime:
    return from_ms(min(milliseconds, _LAST_MS))
