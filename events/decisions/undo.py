"""May this act be undone? Its events are answered one by one with the postings turned round.

An act has a hub: the account of the guild's own (mint, sink, treasury) that everything came from
or went to. What members lost comes back from it; what they got goes back to it, out of the wallet
or the bank, and where it has been spent the admin's choice decides (see ``Way``).
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from events.decisions.asked import Asked
from events.decisions.claims import Balances, against, claim
from events.decisions.currency import NO_OTHERS, Currencies
from events.economy_acts import EconomyUndone, Way
from events.engine.errors import Refused
from events.ledger import (
    MAX_BALANCE,
    MINT,
    NOBODY,
    LedgerEvent,
    Posting,
    debt,
    move,
    owner,
    wallet,
)


@dataclass(frozen=True, slots=True)
class _Leg:
    """What becomes of one posting of the act: the postings that answer it, and what is missing."""

    member_id: int
    currency: str
    postings: list[Posting]
    short: int


def undo(
    asked: Asked,
    act: Sequence[LedgerEvent],
    way: Way,
    reason: str,
    *,
    balances: Balances,
    known: Currencies = NO_OTHERS,
) -> list[EconomyUndone]:
    """The admin ``asked.user_id`` undoes ``act``, all of its events.

    Raises Refused when coins have been spent and the way is ``stop``, when nothing would be left
    to undo, when the treasury has spent what it would have to give back, or a wallet is too full.
    """
    legs = {event.source_id: _legs(event, balances) for event in act}
    short = [leg for own in legs.values() for leg in own if leg.short]
    if short and way == "stop":
        sums: Counter[str] = Counter()
        for leg in short:
            sums[leg.currency] += leg.short
        members = _members(len({leg.member_id for leg in short}))
        spent = " and ".join(known.of(currency).words(n) for currency, n in sums.items())
        raise Refused(
            f"{members} spent {spent} of it, so it cannot be undone as a whole. "
            "Choose `debt` to have them owe that, or `skip` to leave it to them."
        )
    undone = [_answer(asked, event, legs[event.source_id], way, reason) for event in act]
    if not any(fact.postings for fact in undone):
        raise Refused("There is nothing to undo: everything it gave has been spent or was nothing.")
    _check_room(undone, balances, known)
    return undone


def _legs(event: LedgerEvent, balances: Balances) -> list[_Leg]:
    """One leg for each posting on a member's account."""
    return [_turned(p, balances) for p in event.postings if owner(p.account) != NOBODY]


def _turned(posting: Posting, balances: Balances) -> _Leg:
    member_id, currency = owner(posting.account), posting.currency
    if posting.amount < 0:
        back = Posting(account=posting.account, currency=currency, amount=-posting.amount)
        return _Leg(member_id, currency, [back], 0)
    taken = claim(balances, member_id, posting.amount, currency, first=posting.account)
    there = -sum(leg.amount for leg in taken)
    return _Leg(member_id, currency, taken, posting.amount - there)


def _answer(
    asked: Asked, event: LedgerEvent, legs: Sequence[_Leg], way: Way, reason: str
) -> EconomyUndone:
    left_alone = {leg.member_id for leg in legs if leg.short} if way == "skip" else set()
    hubs = {p.currency: p.account for p in event.postings if owner(p.account) == NOBODY}
    moved: dict[str, list[Posting]] = defaultdict(list)
    debts: list[Posting] = []
    for leg in legs:
        if leg.member_id in left_alone:
            continue
        moved[leg.currency] += leg.postings
        if leg.short:
            owing = debt(leg.currency)
            debts += move(leg.short, source=MINT, to=wallet(leg.member_id), currency=owing)
    postings = [p for c, own in moved.items() for p in against(own, hubs.get(c, MINT), c)]
    return EconomyUndone(
        **asked.envelope,
        source_id=f"{event.source_id}:undone",
        target_id=event.target_id,
        undoes=event.source_id,
        way=way,
        reason=reason,
        skipped=sorted(left_alone),
        interaction_id=asked.interaction_id,
        postings=postings + debts,
    )


def _check_room(undone: Sequence[EconomyUndone], balances: Balances, known: Currencies) -> None:
    """The guild's own accounts must have what they give back, and purses have room for it."""
    changes: dict[tuple[str, str], int] = defaultdict(int)
    for fact in undone:
        for posting in fact.postings:
            changes[posting.account, posting.currency] += posting.amount
    for (account, currency), change in changes.items():
        after = balances.get((account, currency), 0) + change
        if after < 0 and account != MINT:
            raise Refused(
                f"The {account} holds {known.of(currency).words(after - change)} and would have "
                f"to give back {-change:,}: it has spent the rest. Fill it up first."
            )
        if after > MAX_BALANCE and owner(account) != NOBODY:
            raise Refused(f"A wallet holds at most {MAX_BALANCE:,}, and one would hold more.")


def _members(count: int) -> str:
    return "1 member has" if count == 1 else f"{count:,} members have"
