"""May an admin give, take or reset so? And what is collected of a debt."""

from collections.abc import Sequence
from datetime import datetime

from events.currency import COIN, Coin
from events.decisions.amounts import check_room
from events.decisions.asked import Asked
from events.decisions.claims import Balances, against, chunks, claim, held, numbered
from events.economy import CoinsAwarded
from events.economy_acts import DebtCollected, EconomyReset
from events.engine.errors import Refused
from events.ledger import (
    DEBT_PREFIX,
    ITEM_PREFIX,
    MAX_AMOUNT,
    MINT,
    SINK,
    Posting,
    bank,
    debt,
    move,
    wallet,
)

NO_REASON = "no reason given"


def check_reason(reason: str, *, required: bool) -> None:
    """Raises Refused where the server wants a reason and none was given."""
    if required and reason == NO_REASON:
        raise Refused("This server wants a reason for that. Say why with the option `reason`.")


def adjust(
    asked: Asked,
    receivers: Sequence[int],
    amount: int,
    reason: str,
    *,
    balances: Balances,
    is_role: bool = False,
    coin: Coin = COIN,
) -> list[CoinsAwarded]:
    """The admin ``asked.user_id`` gives each of ``receivers`` new ``coin``; an amount below zero is
    taken from wallet and bank into the sink (from the members of a role, what each has of it).

    Raises Refused for nobody, for nothing, for more than is there or than fits.
    """
    if not receivers:
        raise Refused("Nobody in that role takes part. Pick a role with members.")
    if amount == 0:
        raise Refused("An amount of 0 changes nothing. Give a number above zero.")
    if abs(amount) * len(receivers) > MAX_AMOUNT:
        raise Refused(f"One act moves at most {coin.words(MAX_AMOUNT)} in all.")
    if (
        amount < 0
        and not is_role
        and (has := held(balances, receivers[0], coin.currency)) < -amount
    ):
        raise Refused(f"That member has {coin.words(has)}; at most those can be taken.")
    fullest = max(balances.get((wallet(member), coin.currency), 0) for member in receivers)
    check_room(fullest, amount, "The fullest of these wallets" if is_role else "The wallet", coin)
    concerned = (
        receivers if amount > 0 else [m for m in receivers if held(balances, m, coin.currency)]
    )
    if not concerned:
        raise Refused(f"Nobody in that role has {coin.plural} that could be taken.")
    return [
        CoinsAwarded(
            **asked.envelope,
            source_id=numbered(asked.source_id(CoinsAwarded.event_type), number),
            target_id=None if is_role else part[0],
            amount=amount,
            reason=reason,
            postings=_legs(part, amount, balances, coin.currency),
        )
        for number, part in enumerate(chunks(concerned))
    ]


def _legs(members: Sequence[int], amount: int, balances: Balances, currency: str) -> list[Posting]:
    if amount > 0:
        got = [Posting(account=wallet(m), currency=currency, amount=amount) for m in members]
        return against(got, MINT, currency)
    taken = [leg for m in members for leg in claim(balances, m, -amount, currency)]
    return against(taken, SINK, currency)


def reset(asked: Asked, member_id: int, reason: str, *, balances: Balances) -> EconomyReset:
    """The admin ``asked.user_id`` empties a member's wallet and bank, and what they owe, into the
    sink; things stay. Raises Refused when there is nothing."""
    postings: list[Posting] = []
    for (account, currency), amount in sorted(balances.items()):
        is_theirs = account in (wallet(member_id), bank(member_id))
        if is_theirs and amount > 0 and not currency.startswith(ITEM_PREFIX):
            postings += move(amount, source=account, to=SINK, currency=currency)
    if not postings:
        raise Refused("That member has nothing in wallet and bank and owes nothing.")
    return EconomyReset(
        **asked.envelope,
        source_id=asked.source_id(EconomyReset.event_type),
        target_id=member_id,
        reason=reason,
        postings=postings,
    )


def collect(
    guild_id: int, member_id: int, owing: str, since: int, *, at: datetime, balances: Balances
) -> DebtCollected | None:
    """What a member can pay now of a debt (a currency ``debt:...``) that is as it is since position
    ``since``: those coins are unmade, and so much of the debt with them. None when it is nothing.
    """
    currency = owing.removeprefix(DEBT_PREFIX)
    owes = balances.get((wallet(member_id), debt(currency)), 0)
    legs = claim(balances, member_id, owes, currency)
    amount = -sum(leg.amount for leg in legs)
    if not amount:
        return None
    return DebtCollected(
        guild_id=guild_id,
        source_id=f"{member_id}:{DebtCollected.event_type}:{since}",
        user_id=member_id,
        occurred_at=at,
        amount=amount,
        left=owes - amount,
        postings=against(legs, MINT, currency)
        + move(amount, source=wallet(member_id), to=MINT, currency=owing),
    )
