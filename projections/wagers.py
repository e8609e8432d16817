"""Wagers between two members and how they stand; and who wants no games."""

from dataclasses import dataclass
from datetime import datetime

from events.engine.snowflake import from_ms
from events.games import GamesChosen, WagerClosed, WagerOffered, WagerPlayed
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Wager:
    """One wager; ``state`` is open, played, declined, cancelled or expired."""

    wager_id: int
    challenger_id: int
    opponent_id: int
    stake: int
    state: str
    winner_id: int | None
    offered_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    position: int


@dataclass(slots=True)
class GamesChoice:
    """What a member last said about games."""

    user_id: int
    opted_out: bool
    chosen_at: datetime


WAGERS = Table("wagers", Wager, "state", key=("wager_id", "challenger_id"), member="challenger_id")
CHOICES = Table("games_choices", GamesChoice, "state", key=("user_id",), member="user_id")
READ_MODEL = ReadModel("wagers", version=1, tables=(WAGERS, CHOICES))


@READ_MODEL.on(WagerOffered)
def offered(event: WagerOffered, to: WorkingSet) -> None:
    """A wager is open."""
    if event.user_id is None or event.target_id is None:
        return
    wager = Wager(
        wager_id=event.wager_id,
        challenger_id=event.user_id,
        opponent_id=event.target_id,
        stake=event.stake,
        state="open",
        winner_id=None,
        offered_at=event.occurred_at,
        expires_at=from_ms(event.expires_ms),
        ended_at=None,
        position=to.position,
    )
    to.put(WAGERS, wager)


@READ_MODEL.on(WagerPlayed)
def played(event: WagerPlayed, to: WorkingSet) -> None:
    """It was accepted, and somebody won."""
    _end(event, "played", event.winner_id, to)


@READ_MODEL.on(WagerClosed)
def closed(event: WagerClosed, to: WorkingSet) -> None:
    """It ended unplayed."""
    _end(event, event.end, None, to)


def _end(
    event: WagerPlayed | WagerClosed, state: str, winner_id: int | None, to: WorkingSet
) -> None:
    wager = to.get(WAGERS, event.wager_id, event.challenger_id)
    if wager is not None:
        wager.state, wager.winner_id = state, winner_id
        wager.ended_at, wager.position = event.occurred_at, to.position
        to.put(WAGERS, wager)


@READ_MODEL.on(GamesChosen)
def chosen(event: GamesChosen, to: WorkingSet) -> None:
    """The newest choice counts."""
    if event.user_id is not None:
        to.put(CHOICES, GamesChoice(event.user_id, event.out, event.occurred_at))
