"""Trades: two members put up coins and things, confirm the same version, and swap in one event.

Source ids: ``{interaction}:trade_open``, ``{interaction}:trade_change``,
``{trade}:trade_confirm:{version}:{user}``, ``{trade}:trade_end``.

A trade is known by the id of the interaction that opened it. That it was settled and that it was
called off have one key between them, so it can never be both.
"""

from typing import ClassVar, Literal

from events.engine.event import Count, Event, Label, Snowflake
from events.ledger import LedgerEvent


class TradeEvent(Event):
    """Base of every fact about the trade ``trade_id``."""

    trade_id: Snowflake

    def members(self) -> tuple[int, ...]:
        """Beside the members the trade itself: its row is loaded by its own id."""
        return (*super().members(), self.trade_id)


class TradeOpened(TradeEvent):
    """``user_id`` asked ``target_id`` to trade; it runs out at ``expires_ms`` (since 1970, UTC)."""

    event_type: ClassVar[str] = "trade_open"

    minutes: Count
    """The setting that decided ``expires_ms``."""
    expires_ms: Count


class TradeChanged(TradeEvent, LedgerEvent):
    """``user_id`` now offers ``quantity`` of ``currency`` and no longer ``before``; whatever was
    put up for an earlier version goes back."""

    event_type: ClassVar[str] = "trade_change"

    currency: Label
    quantity: Count
    before: Count
    version: Count
    """The version that this change made."""


class TradeConfirmed(TradeEvent, LedgerEvent):
    """``user_id`` is the first to confirm ``version`` and puts up what they offer in it."""

    event_type: ClassVar[str] = "trade_confirm"

    version: Count


class TradeSettled(TradeEvent, LedgerEvent):
    """``user_id`` confirmed ``version`` as ``target_id`` had before: everything changes hands."""

    event_type: ClassVar[str] = "trade_settle"

    version: Count


class TradeEnded(TradeEvent, LedgerEvent):
    """The trade came to nothing, and whatever was put up goes back."""

    event_type: ClassVar[str] = "trade_end"

    outcome: Literal["cancelled", "expired"]
    version: Count
