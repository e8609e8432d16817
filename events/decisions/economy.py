"""May this money move? Decided under the stream's lock, on balances that cannot change."""

from dataclasses import dataclass

from events.decisions.asked import Asked
from events.economy import CoinsAwarded, PaymentMade
from events.engine.errors import Refused
from events.ledger import MAX_AMOUNT, MINT, SINK, move, wallet


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody money goes to, as Discord and the profiles know them."""

    user_id: int
    is_bot: bool
    present: bool


def pay(asked: Asked, payee: Member, amount: int, *, balance: int) -> PaymentMade:
    """``asked.user_id``, who has ``balance`` coins, pays ``amount`` of them to ``payee``.

    Raises Refused: to oneself, to a bot, to somebody who left, nothing or less, too much.
    """
    if payee.user_id == asked.user_id:
        raise Refused("You cannot pay yourself. Pick somebody else.")
    if payee.is_bot:
        raise Refused("Bots have no wallet. Pick a member.")
    if not payee.present:
        raise Refused("That member has left this server, so the coins would be lost to them.")
    if amount <= 0:
        raise Refused("Pay at least 1 coin.")
    if amount > MAX_AMOUNT:
        raise Refused(f"One payment moves at most {MAX_AMOUNT:,} coins.")
    if amount > balance:
        raise Refused(
            f"You have {balance:,} coins, so {amount - balance:,} are missing. "
            "Pay less, or earn more by levelling up."
        )
    return PaymentMade(
        guild_id=asked.guild_id,
        source_id=asked.source_id(PaymentMade.event_type),
        user_id=asked.user_id,
        channel_id=asked.channel_id,
        target_id=payee.user_id,
        occurred_at=asked.at,
        amount=amount,
        postings=move(amount, source=wallet(asked.user_id), to=wallet(payee.user_id)),
    )


def award_coins(
    asked: Asked, receiver: Member, amount: int, reason: str, *, balance: int
) -> CoinsAwarded:
    """The admin ``asked.user_id`` gives ``receiver``, who has ``balance``, new coins; below zero
    takes them away, into the sink. Raises Refused for a bot, for nothing, for more than is there.
    """
    check_award(receiver, amount)
    if balance + amount < 0:
        raise Refused(f"That member has {balance:,} coins; at most those can be taken.")
    other = MINT if amount > 0 else SINK
    return CoinsAwarded(
        guild_id=asked.guild_id,
        source_id=asked.source_id(CoinsAwarded.event_type),
        user_id=asked.user_id,
        channel_id=asked.channel_id,
        target_id=receiver.user_id,
        occurred_at=asked.at,
        amount=amount,
        reason=reason,
        postings=move(amount, source=other, to=wallet(receiver.user_id)),
    )


def check_award(receiver: Member, amount: int) -> None:
    """What holds for an award of anything. Raises Refused."""
    if receiver.is_bot:
        raise Refused("Bots take no part in the numbers. Pick a member.")
    if amount == 0:
        raise Refused("An award of 0 changes nothing. Give a number above or below zero.")
    if abs(amount) > MAX_AMOUNT:
        raise Refused(f"One award moves at most {MAX_AMOUNT:,}.")
