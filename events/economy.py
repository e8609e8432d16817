"""Money: facts that move something spendable carry their postings, balanced, inside the event.

Accounts are written ``wallet:{member}``, ``mint`` or ``sink``. Source ids:
``{interaction}:payment``, ``{interaction}:coin_award``, ``{user}:level_reached:{level}``.
"""

from collections import Counter
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator

from events.engine.event import Amount, Count, Event, Label, Snowflake

COINS = "coins"
MINT = "mint"
SINK = "sink"
MAX_AMOUNT = 10**12
"""The most that one transaction may move: far from a bigint's end even after a million of them."""


def wallet(member_id: int) -> str:
    """The name of a member's wallet account."""
    return f"wallet:{member_id}"


def owner(account: str) -> int | None:
    """The member whose account this is, or None for the guild's own accounts."""
    _, _, member = account.partition(":")
    return int(member) if member else None


class Posting(BaseModel):
    """One signed movement on one account: negative takes, positive gives."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: Label
    currency: Label = COINS
    amount: Amount


class LedgerEvent(Event):
    """Base of every fact that moves money; its postings sum to zero for each currency."""

    postings: list[Posting]

    @classmethod
    def trusted(cls, fields: dict[str, Any]) -> Self:
        """As the base does, with the postings as objects again."""
        fields["postings"] = [Posting.model_construct(**p) for p in fields["postings"]]
        return super().trusted(fields)

    @model_validator(mode="after")
    def _balanced(self) -> Self:
        sums: Counter[str] = Counter()
        for posting in self.postings:
            sums[posting.currency] += posting.amount
        if any(sums.values()):
            raise ValueError("the postings of a ledger event must sum to zero per currency")
        return self


class PaymentMade(LedgerEvent):
    """``user_id`` paid ``target_id`` out of the wallet."""

    event_type: ClassVar[str] = "payment"

    amount: Count


class CoinsAwarded(LedgerEvent):
    """The admin ``user_id`` gave ``target_id`` new coins (or took some back, into the sink)."""

    event_type: ClassVar[str] = "coin_award"

    amount: Amount
    reason: Label


class LevelReached(LedgerEvent):
    """``user_id`` reached ``level`` for the first time and was paid for it."""

    event_type: ClassVar[str] = "level_reached"
    restated: ClassVar[frozenset[str]] = frozenset({"cause_position", "occurred_at"})

    level: Count
    reward: Count
    cause_position: Snowflake
    """The position of the event that brought the member over the line."""
