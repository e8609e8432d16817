"""Chance games against the house, wagers between two members, and who wants none of it.

Source ids: ``{interaction}:chance_played`` (with the button under an earlier bet it is
``chance_played:{position}:again``: a button plays once), ``{interaction}:games_choice``,
``{wager}:wager_offered`` and, for whatever ends a wager, ``{wager}:wager_end``: it can end once.
A wager's id is that of the interaction that offered it.
"""

from typing import ClassVar, Literal

from events.engine.event import Count, Event, Label, Snowflake
from events.ledger import LedgerEvent

End = Literal["declined", "cancelled", "expired"]
"""How a wager ends without being played."""


class ChancePlayed(LedgerEvent):
    """``user_id`` staked ``stake`` on ``choice`` and got ``payout`` back (0 for nothing).

    The postings carry the difference alone: into the sink, out of the mint, or nothing.
    """

    event_type: ClassVar[str] = "chance_played"

    stake: Count
    game: Label
    choice: Label
    rules: Count
    """The version of the game's pay table."""
    seed: Count
    """Decides the roll: anybody can draw it again."""
    roll: list[Label]
    """The faces that came up, in order."""
    multiplier: Count
    """What the pay table gives for the roll, in hundredths of the stake."""
    payout: Count


class GamesChosen(Event):
    """``user_id`` wants no games and no challenges (``out``), or wants them again."""

    event_type: ClassVar[str] = "games_choice"

    out: bool


class WagerOffered(Event):
    """``user_id`` challenges ``target_id``; each would stake ``stake``. Nothing moves yet."""

    event_type: ClassVar[str] = "wager_offered"

    wager_id: Snowflake
    stake: Count
    expires_ms: Count
    """Milliseconds from 1970 to the moment at which the offer ends by itself."""


class WagerEvent(Event):
    """What ends a wager: names both sides, as the offer did."""

    wager_id: Snowflake
    challenger_id: Snowflake
    opponent_id: Snowflake
    stake: Count

    def members(self) -> tuple[int, ...]:
        """Both sides, whoever of them acted."""
        return tuple(sorted({*super().members(), self.challenger_id, self.opponent_id}))


class WagerPlayed(LedgerEvent, WagerEvent):
    """The opponent accepted: both stakes go into escrow and all of it to the winner, at once."""

    event_type: ClassVar[str] = "wager_played"

    seed: Count
    roll: Count
    """0: the challenger wins; 1: the opponent."""
    winner_id: Snowflake
    payout: Count


class WagerClosed(WagerEvent):
    """The wager ended unplayed; nothing had moved. ``user_id`` is None when its time was up."""

    event_type: ClassVar[str] = "wager_closed"

    end: End
