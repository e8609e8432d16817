"""Money that members and admins move by hand, and what a level brings.

Source ids: ``{interaction}:payment``, ``{interaction}:coin_award`` (and, when a role has too many
members for one event, ``{interaction}:coin_award:{n}``), ``{user}:level_reached:{level}``.
"""

from typing import ClassVar

from events.engine.event import Amount, Count, Label, Snowflake
from events.ledger import LedgerEvent


class PaymentMade(LedgerEvent):
    """``user_id`` paid ``target_id`` out of the wallet."""

    event_type: ClassVar[str] = "payment"

    amount: Count
    left: Count
    """What the payer carried after it: what the answer says, however late it is given."""

    @property
    def currency(self) -> str:
        """What it was paid in."""
        return self.postings[0].currency


class CoinsAwarded(LedgerEvent):
    """The admin ``user_id`` gave ``target_id`` new coins (or took some back, into the sink).

    Without a target it was the members of a role: the postings say who, and ``amount`` is what
    each was to get."""

    event_type: ClassVar[str] = "coin_award"

    amount: Amount
    reason: Label


class LevelReached(LedgerEvent):
    """``user_id`` reached ``level`` for the first time and was paid for it."""

    event_type: ClassVar[str] = "level_reached"
    restated: ClassVar[frozenset[str]] = frozenset({"cause_position", "occurred_at"})

    level: Count
    reward: Count
    unpaid: Count
    """How much more it would have been, had it not gone over what a wallet can hold: that was
    never made."""
    cause_position: Snowflake
    """The position of the event that brought the member over the line."""
