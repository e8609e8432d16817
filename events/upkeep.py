"""What a guild lets happen to coins by itself every week: interest, tax, levy, decay.

Source ids: ``{period}:{event type}:{chunk}``, where the period is a week (2026-W07) and chunks,
counted from 0, keep an event small. A week in which nobody was concerned has an empty chunk 0.
"""

from typing import ClassVar

from events.engine.event import Count, Label
from events.ledger import LedgerEvent


class Upkeep(LedgerEvent):
    """A part of one week's run; ``rate`` is in hundredths of a percent, and each share is rounded
    down, so that what is left over stays where it is."""

    period: Label
    chunk: Count
    rate: Count


class InterestPaid(Upkeep):
    """Banks earned new coins."""

    event_type: ClassVar[str] = "interest"


class TaxTaken(Upkeep):
    """Wallets paid the treasury from what they hold beyond ``free`` coins."""

    event_type: ClassVar[str] = "tax"

    free: Count


class LevyTaken(Upkeep):
    """Members lost to the sink of what they hold in wallet and bank together beyond ``free``: the
    more beyond it, the more of each coin."""

    event_type: ClassVar[str] = "levy"

    free: Count


class WalletsDecayed(Upkeep):
    """Wallets of members who had not been seen for ``idle_days`` lost coins to the sink."""

    event_type: ClassVar[str] = "decay"

    idle_days: Count
