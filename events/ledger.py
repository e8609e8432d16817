"""The ledger: whatever moves something spendable carries its postings, balanced, inside the event.

Accounts are written ``wallet:{member}``, ``bank:{member}``, ``escrow:{id}`` (of the trade, auction
or wager that holds it) and, for the guild's own, ``treasury``, ``shop``, ``fees``, ``mint`` and
``sink``. Only the mint may be below zero: what it owes is the money there is.
"""

from collections import Counter
from functools import lru_cache
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from events.engine.event import Amount, Event, Label

COINS = "coins"
"""The currency that every guild has."""

MINT = "mint"
SINK = "sink"
TREASURY = "treasury"
SHOP = "shop"
FEES = "fees"

ITEM_PREFIX = "item:"
DEBT_PREFIX = "debt:"

NOBODY = 0
"""The owner of the guild's own accounts."""

MAX_AMOUNT = 10**12
"""The most that one transaction may move."""
MAX_BALANCE = 10**15
"""The most that an account may be brought to hold: far from a bigint's end, even for the mint of
many. What a trade or an auction held of a member's own goes back to them all the same, whatever
they have got meanwhile: it is nothing new."""


MANY = 2**16
"""Accounts whose owner is remembered: a fold asks for it again and again."""


def wallet(member_id: int) -> str:
    """The account of what a member carries."""
    return f"wallet:{member_id}"


def bank(member_id: int) -> str:
    """The account of what a member has put by."""
    return f"bank:{member_id}"


def escrow(holder_id: int) -> str:
    """The account that holds what is promised in the trade, auction or wager ``holder_id``."""
    return f"escrow:{holder_id}"


def item(item_id: str) -> str:
    """The currency in which things of a kind are counted: items are kept in the ledger as money is,
    so that they too can be neither lost nor doubled, and go into escrow with it."""
    return f"{ITEM_PREFIX}{item_id}"


def debt(currency: str) -> str:
    """The currency in which it is counted what a member owes of ``currency``: a debt is a balance
    of this in the wallet, so that no account has to go below zero for it."""
    return f"{DEBT_PREFIX}{currency}"


@lru_cache(MANY)
def owner(account: str) -> int:
    """Whose account this is: a member, the id of what holds an escrow, or NOBODY."""
    _, _, holder = account.partition(":")
    return int(holder) if holder else NOBODY


@lru_cache(MANY)
def member_of(account: str) -> int | None:
    """The member whose wallet or bank this is; None for any other account."""
    return owner(account) if account.startswith(("wallet:", "bank:")) else None


class Posting(BaseModel):
    """One signed movement on one account: negative takes, positive gives."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: Label
    currency: Label = COINS
    amount: Amount

    @classmethod
    def trusted(cls, fields: dict[str, Any]) -> Self:
        """A posting from a row of the lake, without validation. ``fields`` must be complete."""
        posting = cls.__new__(cls)
        _set(posting, "__dict__", fields)
        _set(posting, "__pydantic_fields_set__", _POSTING)
        _set(posting, "__pydantic_extra__", None)
        _set(posting, "__pydantic_private__", None)
        return posting


_set = object.__setattr__
_POSTING = set(Posting.model_fields)


def move(amount: int, *, source: str, to: str, currency: str = COINS) -> list[Posting]:
    """The two postings that take ``amount`` from one account and give it to another."""
    return [
        Posting(account=source, currency=currency, amount=-amount),
        Posting(account=to, currency=currency, amount=amount),
    ]


class LedgerEvent(Event):
    """Base of every fact that moves money; its postings sum to zero for each currency."""

    postings: list[Posting]

    def members(self) -> tuple[int, ...]:
        """Beside those the event names, whoever owns an account that it moves."""
        owners = {owner(posting.account) for posting in self.postings}
        return tuple(sorted({*super().members(), *owners}))

    @classmethod
    def trusted(cls, fields: dict[str, Any]) -> Self:
        """As the base does, with the postings as objects again."""
        fields["postings"] = list(map(Posting.trusted, fields["postings"]))
        return super().trusted(fields)

    @model_validator(mode="after")
    def _balanced(self) -> Self:
        sums: Counter[str] = Counter()
        for posting in self.postings:
            sums[posting.currency] += posting.amount
        if any(sums.values()):
            raise ValueError("the postings of a ledger event must sum to zero per currency")
        return self
