"""May this go into the bank, come out of it, and may the bank grow?"""

from dataclasses import dataclass

from events.bank import BankDeposited, BankUpgraded, BankWithdrawn
from events.currency import COIN, Coin
from events.decisions.amounts import amount_of, check_amount, check_room
from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.ledger import MAX_AMOUNT, MAX_BALANCE, SINK, bank, move, wallet


@dataclass(frozen=True, slots=True)
class BankTerms:
    """The guild's terms: capacity without a tier, what each tier adds, and the price of the first
    tier, of which the n-th costs n times as much."""

    base: int
    step: int
    first_price: int

    def capacity(self, tier: int) -> int:
        """What a bank of this tier may hold."""
        return min(self.base + self.step * tier, MAX_BALANCE)

    def price(self, tier: int) -> int:
        """What a bank of this tier costs to raise by one."""
        return self.first_price * (tier + 1)


@dataclass(frozen=True, slots=True)
class Held:
    """What a member has: in the wallet, in the bank, and the bank's tier."""

    wallet: int
    bank: int
    tier: int


def deposit(
    asked: Asked, text: str, held: Held, terms: BankTerms, coin: Coin = COIN
) -> BankDeposited:
    """``asked.user_id`` puts ``text`` (a number or "all") of the wallet into the bank.

    Raises Refused when nothing is there, when it is more than is there, or more than fits.
    """
    if held.wallet == 0:
        raise Refused(f"Your wallet is empty, so there are no {coin.plural} to put into the bank.")
    amount = amount_of(text, held.wallet)
    check_amount(amount, coin)
    if amount > held.wallet:
        raise Refused(
            f"You carry {coin.words(held.wallet)}, so {amount - held.wallet:,} are missing. "
            'Deposit less, or "all".'
        )
    capacity = terms.capacity(held.tier)
    room = max(0, capacity - held.bank)
    if amount > room:
        fits = f"{room:,} more fit" if room else "nothing more fits"
        raise Refused(
            f"Your bank holds {held.bank:,} of {coin.words(capacity)}, so {fits}. "
            f"{'Deposit that much, or make' if room else 'Make'} it larger with /bank upgrade."
        )
    return BankDeposited(
        **asked.envelope,
        source_id=asked.source_id(BankDeposited.event_type),
        amount=amount,
        tier=held.tier,
        capacity=capacity,
        postings=move(amount, source=wallet(asked.user_id), to=bank(asked.user_id)),
    )


def withdraw(asked: Asked, text: str, held: Held, coin: Coin = COIN) -> BankWithdrawn:
    """``asked.user_id`` takes ``text`` (a number or "all") out of the bank.

    Raises Refused when the bank is empty, when it is more than is there, or when the wallet
    cannot take it.
    """
    if held.bank == 0:
        raise Refused(f"Your bank is empty. Put {coin.plural} into it with /bank deposit.")
    amount = amount_of(text, held.bank)
    check_amount(amount, coin)
    if amount > held.bank:
        raise Refused(
            f"Your bank holds {coin.words(held.bank)}, so {amount - held.bank:,} are missing. "
            'Withdraw less, or "all".'
        )
    check_room(held.wallet, amount, "Your wallet", coin)
    return BankWithdrawn(
        **asked.envelope,
        source_id=asked.source_id(BankWithdrawn.event_type),
        amount=amount,
        postings=move(amount, source=bank(asked.user_id), to=wallet(asked.user_id)),
    )


def upgrade_key(user_id: int, tier: int) -> str:
    """The key of the fact that a member's bank reached ``tier``: it can be bought only once."""
    return f"{user_id}:{BankUpgraded.event_type}:{tier}"


def upgrade(asked: Asked, held: Held, terms: BankTerms, coin: Coin = COIN) -> BankUpgraded:
    """``asked.user_id`` buys the next tier out of the wallet, into the sink.

    Raises Refused when the wallet is too thin, or when the bank cannot grow.
    """
    price, tier = terms.price(held.tier), held.tier + 1
    if price > MAX_AMOUNT or terms.capacity(tier) == terms.capacity(held.tier):
        raise Refused("Your bank is as large as it can be.")
    if price > held.wallet:
        raise Refused(
            f"Tier {tier} costs {coin.words(price)} and you carry {held.wallet:,}, so "
            f"{price - held.wallet:,} are missing. Earn more, or take some out of the bank."
        )
    return BankUpgraded(
        **asked.envelope,
        source_id=upgrade_key(asked.user_id, tier),
        tier=tier,
        price=price,
        capacity=terms.capacity(tier),
        postings=move(price, source=wallet(asked.user_id), to=SINK),
    )
