"""Seasons: planned, opened, changed and closed, how they recur, and what they bring.

Source ids: ``rule:season:{number}:start``, ``rule:season:{number}:edit:{revision}``,
``rule:season:{number}:end``, ``rule:season_plan:{plan}:{revision}``,
``rule:season_recurrence:{revision}``, ``season:{number}:reward``.

What is to come is inside the events, as ``ahead``: first millisecond of a season and the first
that no longer belongs to it, in turn. So a season that should have begun counts from its first
millisecond on, even if the event that opens it is recorded a week later, after an outage.
"""

from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict

from events.engine.event import Amount, Count, Event, Label, Snowflake
from events.ledger import LedgerEvent

MOST_PLACES = 25
"""Places that a closing event holds."""

Every = Literal["never", "month", "quarter", "days"]
Board = Literal["xp", "stars", "messages", "voice"]


class SeasonStarted(Event):
    """Season ``number`` counts what happens from ``starts_ms`` to ``ends_ms``."""

    event_type: ClassVar[str] = "season_start"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at"})

    number: Count
    name: Label
    starts_ms: Count
    """First millisecond (since 1970, UTC) that belongs to the season."""
    ends_ms: Count
    """First millisecond that no longer does, as planned."""
    plan_id: Snowflake | None = None
    """The plan that it was made by; None for one that recurs."""
    ahead: list[Count]


class SeasonEdited(Event):
    """The admin ``user_id`` gave the running season ``number`` another name or end."""

    event_type: ClassVar[str] = "season_edit"

    number: Count
    name: Label
    ends_ms: Count
    ahead: list[Count]
    revision: Count
    interaction_id: Snowflake


class Place(BaseModel):
    """One place of a final standing. Members with the same number share a rank."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rank: Count
    user_id: Snowflake
    number: Amount


class SeasonEnded(Event):
    """Season ``number`` is closed; ``user_id`` is the admin who did it before its time.

    ``standing`` holds the first places by everything that was recorded until now. What happened
    in the season and is recorded later counts for the lifetime and for no season: a closed season
    is never counted again. The places after those are the season's rows of the statistics.
    """

    event_type: ClassVar[str] = "season_end"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at"})

    number: Count
    name: Label
    starts_ms: Count
    ends_ms: Count
    """When it ended: as planned, or when the admin ended it."""
    board: Board
    """What was ranked by."""
    standing: list[Place]
    ranked: Count
    """How many stood on the board in all."""

    @classmethod
    def trusted(cls, fields: dict[str, Any]) -> Self:
        """As the base does, with the places as objects again."""
        fields["standing"] = [Place.model_construct(**place) for place in fields["standing"]]
        return super().trusted(fields)


class SeasonRewarded(LedgerEvent):
    """The first places of season ``number`` are paid; the postings say who got what."""

    event_type: ClassVar[str] = "season_reward"

    number: Count


class SeasonPlanned(Event):
    """The admin ``user_id`` plans a season, changes the plan, or takes it back."""

    event_type: ClassVar[str] = "season_plan"

    plan_id: Snowflake
    """The interaction that made the plan."""
    revision: Count
    name: Label
    starts_ms: Count
    ends_ms: Count
    cancelled: bool = False
    ahead: list[Count]
    interaction_id: Snowflake


class SeasonRecurrenceSet(Event):
    """From this position on seasons follow one another by themselves, or no longer do."""

    event_type: ClassVar[str] = "season_recurrence"

    every: Every
    days: Count
    """How many days a season has when it has days; 0 otherwise."""
    ahead: list[Count]
    previous_every: Every
    previous_days: Count
    revision: Count
    interaction_id: Snowflake
