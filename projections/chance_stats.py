"""What members staked and won, by UTC day and game: for the limits of a day and for the curious."""

from dataclasses import dataclass
from datetime import date

from events.games import ChancePlayed, WagerPlayed
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table

WAGER = "wager"


@dataclass(slots=True)
class ChanceStats:
    """One member's bets on a game on a day; ``won`` is all that came back, stakes included."""

    user_id: int
    day: date
    game: str
    bets: int
    staked: int
    won: int


STATS = Table("chance_stats", ChanceStats, "tally", key=("user_id", "day", "game"))
READ_MODEL = ReadModel("chance_stats", version=1, tables=(STATS,))


@READ_MODEL.on(ChancePlayed)
def played(event: ChancePlayed, to: WorkingSet) -> None:
    """One bet against the house."""
    key = (event.user_id or 0, event.occurred_at.date(), event.game)
    to.add(STATS, key, bets=1, staked=event.stake, won=event.payout)


@READ_MODEL.on(WagerPlayed)
def wagered(event: WagerPlayed, to: WorkingSet) -> None:
    """One bet for each side."""
    for user_id in (event.challenger_id, event.opponent_id):
        won = event.payout if user_id == event.winner_id else 0
        key = (user_id, event.occurred_at.date(), WAGER)
        to.add(STATS, key, bets=1, staked=event.stake, won=won)
