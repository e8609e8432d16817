"""May this money move? Decided under the stream's lock, on balances that cannot change."""

from dataclasses import dataclass

from events.currency import COIN, Coin
from events.decisions.amounts import check_room
from events.decisions.asked import Asked
from events.economy import CoinsAwarded, PaymentMade
from events.engine.errors import Refused
from events.ledger import COINS, MAX_AMOUNT, MINT, SINK, move, wallet

_LESS = ("Pay less.", "Pay less, or take some out of your bank with /bank withdraw.")
"""What to do who has too few: banks hold coins only."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody money goes to, as Discord and the profiles know them."""

    user_id: int
    is_bot: bool
    present: bool


def pay(
    asked: Asked,
    payee: Member,
    amount: int,
    *,
    balance: int,
    payee_balance: int,
    coin: Coin = COIN,
) -> PaymentMade:
    """``asked.user_id``, who carries ``balance`` of ``coin``, pays ``amount`` of them to ``payee``,
    who carries ``payee_balance``.

    Raises Refused: to oneself, to a bot, to somebody who left, nothing or less, more than there is
    or than the payee's wallet can take.
    """
    if payee.user_id == asked.user_id:
        raise Refused("You cannot pay yourself. Pick somebody else.")
    if payee.is_bot:
        raise Refused("Bots have no wallet. Pick a member.")
    if not payee.present:
        raise Refused("That member has left this server, so it would be lost to them.")
    if amount <= 0:
        raise Refused(f"Pay at least {coin.words(1)}.")
    if amount > MAX_AMOUNT:
        raise Refused(f"One payment moves at most {coin.words(MAX_AMOUNT)}.")
    if amount > balance:
        raise Refused(
            f"You carry {coin.words(balance)}, so {amount - balance:,} are missing. "
            + _LESS[coin.currency == COINS]
        )
    check_room(payee_balance, amount, "That member's wallet", coin)
    return PaymentMade(
        **asked.envelope,
        source_id=asked.source_id(PaymentMade.event_type),
        target_id=payee.user_id,
        amount=amount,
        left=balance - amount,
        postings=move(
            amount,
            source=wallet(asked.user_id),
            to=wallet(payee.user_id),
            currency=coin.currency,
        ),
    )


def award_coins(
    asked: Asked,
    receiver: Member,
    amount: int,
    reason: str,
    *,
    balance: int,
    coin: Coin = COIN,
) -> CoinsAwarded:
    """The admin ``asked.user_id`` gives ``receiver``, who has ``balance``, new coins; below zero
    takes them away, into the sink. Raises Refused for a bot, for nothing, for more than is there,
    for more than the wallet can take.
    """
    check_award(receiver, amount)
    if balance + amount < 0:
        raise Refused(f"That member carries {coin.words(balance)}; at most those can be taken.")
    check_room(balance, amount, "That member's wallet", coin)
    other = MINT if amount > 0 else SINK
    return CoinsAwarded(
        **asked.envelope,
        source_id=asked.source_id(CoinsAwarded.event_type),
        target_id=receiver.user_id,
        amount=amount,
        reason=reason,
        postings=move(amount, source=other, to=wallet(receiver.user_id), currency=coin.currency),
    )


def check_award(receiver: Member, amount: int) -> None:
    """What holds for an award of anything. Raises Refused."""
    if receiver.is_bot:
        raise Refused("Bots take no part in the numbers. Pick a member.")
    if amount == 0:
        raise Refused("An award of 0 changes nothing. Give a number above or below zero.")
    if abs(amount) > MAX_AMOUNT:
        raise Refused(f"One award moves at most {MAX_AMOUNT:,}.")
