"""A member's bank: what is put by there, up to a capacity that grows by tiers that are bought.

Source ids: ``{interaction}:bank_deposit``, ``{interaction}:bank_withdrawal``,
``{user}:bank_upgrade:{tier}``.
"""

from typing import ClassVar

from events.engine.event import Count
from events.ledger import LedgerEvent


class BankDeposited(LedgerEvent):
    """``user_id`` put coins from the wallet into the bank."""

    event_type: ClassVar[str] = "bank_deposit"

    amount: Count
    tier: Count
    capacity: Count
    """What the bank could hold at that time."""


class BankWithdrawn(LedgerEvent):
    """``user_id`` took coins out of the bank into the wallet."""

    event_type: ClassVar[str] = "bank_withdrawal"

    amount: Count


class BankUpgraded(LedgerEvent):
    """``user_id`` paid ``price`` into the sink for ``tier``, with which the bank holds
    ``capacity``."""

    event_type: ClassVar[str] = "bank_upgrade"

    tier: Count
    price: Count
    capacity: Count
