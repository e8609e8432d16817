"""Coins for coming by: once a day and once a week of the member's own calendar.

Source ids: ``{user}:daily_claim:{day}``, ``{user}:weekly_claim:{week}``: the day (20260131) and the
ISO week (202605) are the member's own, so the lake itself has room for one claim each.
"""

from typing import ClassVar

from events.engine.event import Count, Label
from events.ledger import LedgerEvent, item

FREEZE_TOKEN = item("freeze-token")
"""The currency of the tokens that stand in for a missed day."""


class DailyClaimed(LedgerEvent):
    """``user_id`` took the coins of ``day``; tokens used up for missed days are postings too."""

    event_type: ClassVar[str] = "daily_claim"

    day: Count
    """The local date as yyyymmdd."""
    zone: Label
    """The time zone that was in force."""
    streak: Count
    """Days in a row, this one included."""
    previous_streak: Count
    """The streak before; one that is not less than ``streak`` was lost."""
    missed: Count
    """Whole local days that passed without a claim."""
    forgiven: Count
    """How many of those the bot was down on."""
    frozen: Count
    """How many of those freeze tokens were used up for."""
    base: Count
    """The guild's ``daily_coins``."""
    ladder: Count
    """What the streak multiplied them by, in hundredths."""
    amount: Count
    multiplier: Count
    """The streak multiplier after this claim, in hundredths."""
    rules: Count
    """The version of the rules that decided."""


class WeeklyClaimed(LedgerEvent):
    """``user_id`` took the coins of ``week``."""

    event_type: ClassVar[str] = "weekly_claim"

    week: Count
    """The ISO week of the local date as yyyyww."""
    zone: Label
    """The time zone that was in force."""
    streak: Count
    """Weeks in a row, this one included."""
    previous_streak: Count
    missed: Count
    """Whole local weeks that passed without a claim."""
    forgiven: Count
    """How many of those the bot was down in."""
    base: Count
    """The guild's ``weekly_coins``."""
    multiplier: Count
    """The streak multiplier that was paid and stands after this claim, in hundredths."""
    amount: Count
    rules: Count
    """The version of the rules that decided."""
