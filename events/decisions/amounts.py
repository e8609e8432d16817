"""Amounts as members write them, and the ceilings that hold for all of them."""

import re
from collections.abc import Mapping
from typing import Final

from events.currency import COIN, Coin
from events.engine.errors import Refused
from events.ledger import MAX_AMOUNT, MAX_BALANCE

Goods = Mapping[str, int]
"""How much there is of each currency."""

ALL: Final = "all"
NO_OTHERS: Final = {COIN.currency: COIN}
"""The currencies of a guild that has the coins alone, as they come."""
_PIECE: Final = Coin("piece", "pieces", "")
_NUMBER: Final = re.compile(r"[0-9]{1,20}|[0-9]{1,3}(?:,[0-9]{3}){1,6}")


def amount_of(text: str, everything: int) -> int:
    """The whole number that was written (``1500``, ``1,500``), or ``everything`` for ``all``.
    Raises Refused for anything else."""
    written = text.strip().lower()
    if written == ALL:
        return everything
    if not _NUMBER.fullmatch(written):
        raise Refused('Write a whole number, like 1500 or 1,500, or "all".')
    return int(written.replace(",", ""))


def check_amount(amount: int, coin: Coin = COIN) -> None:
    """Raises Refused for nothing, less than nothing, and more than one transaction may move."""
    if amount <= 0:
        raise Refused(f"Give at least {coin.words(1)}.")
    if amount > MAX_AMOUNT:
        raise Refused(f"At most {coin.words(MAX_AMOUNT)} can be moved at once. Split it up.")


def check_room(balance: int, amount: int, whose: str, coin: Coin = COIN) -> None:
    """Raises Refused when an account that holds ``balance`` would go over its ceiling; ``whose``
    begins the sentence ("Your wallet")."""
    if balance + amount > MAX_BALANCE:
        raise Refused(
            f"{whose} can hold {coin.words(MAX_BALANCE)} and has room for "
            f"{max(0, MAX_BALANCE - balance):,} more. Make the amount smaller."
        )


def counted(currency: str, known: Mapping[str, Coin]) -> Coin:
    """How a guild that knows these currencies speaks of one; things are pieces."""
    return known.get(currency, _PIECE)
