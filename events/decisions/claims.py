"""Taking coins from a member: out of the wallet first, then out of the bank, never below zero."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from events.engine.event import Event
from events.ledger import COINS, MAX_BALANCE, NOBODY, LedgerEvent, Posting, bank, owner, wallet

T = TypeVar("T")

Balances = Mapping[tuple[str, str], int]
"""What accounts hold, by account and currency; what is not there holds nothing."""

CHUNK = 200
"""Members that one event is about at most: its postings have to fit the payload of an event."""


def held(balances: Balances, member_id: int, currency: str = COINS) -> int:
    """What a member has in wallet and bank together."""
    return sum(balances.get((a, currency), 0) for a in (wallet(member_id), bank(member_id)))


def after(balances: Balances, facts: Sequence[Event]) -> dict[tuple[str, str], int]:
    """What the accounts hold once ``facts`` have happened."""
    held = dict(balances)
    for fact in facts:
        for posting in fact.postings if isinstance(fact, LedgerEvent) else ():
            key = posting.account, posting.currency
            held[key] = held.get(key, 0) + posting.amount
    return held


def fits(fact: LedgerEvent, balances: Balances) -> bool:
    """Whether every purse that ``fact`` fills can hold what it gets."""
    held = after(balances, [fact])
    return all(
        held[posting.account, posting.currency] <= MAX_BALANCE
        for posting in fact.postings
        if owner(posting.account) != NOBODY and posting.amount > 0
    )


def claim(
    balances: Balances,
    member_id: int,
    amount: int,
    currency: str = COINS,
    *,
    first: str | None = None,
) -> list[Posting]:
    """The postings that take ``amount``, or as much of it as is there, from a member; ``first`` is
    the account to begin with where it is not the wallet."""
    purses = [wallet(member_id), bank(member_id)]
    if first is not None:
        purses.sort(key=lambda account: account != first)
    taken: list[Posting] = []
    for account in purses:
        part = min(amount, balances.get((account, currency), 0))
        if part > 0:
            taken.append(Posting(account=account, currency=currency, amount=-part))
            amount -= part
    return taken


def against(postings: Sequence[Posting], hub: str, currency: str = COINS) -> list[Posting]:
    """``postings`` of one currency with the one on ``hub`` that balances them."""
    total = sum(posting.amount for posting in postings)
    balance = [Posting(account=hub, currency=currency, amount=-total)] if total else []
    return [*balance, *postings]


def chunks(members: Sequence[T]) -> Iterator[Sequence[T]]:
    """``members`` in parts that fit an event each; at least one, which may be empty."""
    for start in range(0, max(1, len(members)), CHUNK):
        yield members[start : start + CHUNK]


def numbered(source_id: str, number: int) -> str:
    """The key of part ``number`` of an act; the first part has the act's own."""
    return f"{source_id}:{number}" if number else source_id
