"""Auctions: something is put up, the highest bid is held, and at the end both change hands at once.

Source ids: ``{interaction}:auction_start``, ``{auction}:auction_bid:{amount}``,
``{auction}:auction_end``.

An auction is known by the id of the interaction that started it. Bids only rise, so there is one
of each amount, whoever presses how often; that it was sold and that the lot went back have one key
between them, so it can never be both.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from events.engine.event import Count, Event, Label, Snowflake
from events.ledger import LedgerEvent

Percent = Annotated[int, Field(ge=0, le=100)]
"""A share in whole per cent."""


class AuctionEvent(Event):
    """Base of every fact about the auction ``auction_id``."""

    auction_id: Snowflake

    def members(self) -> tuple[int, ...]:
        """Beside the members the auction itself: its row is loaded by its own id."""
        return (*super().members(), self.auction_id)


class AuctionStarted(AuctionEvent, LedgerEvent):
    """``user_id`` put up ``quantity`` of ``currency`` for bids in ``bid_currency``."""

    event_type: ClassVar[str] = "auction_start"

    currency: Label
    quantity: Count
    bid_currency: Label
    minimum: Count
    increment: Count
    """By how much a bid has to be higher than the one before."""
    buyout: Count | None
    """The bid that ends the auction at once."""
    fee_percent: Percent
    """The setting at the start: the share of the price that will go to the fees."""
    ends_ms: Count
    """When it ends (since 1970, UTC), unless late bids prolong it."""


class AuctionBid(AuctionEvent, LedgerEvent):
    """``user_id`` bid ``amount``, which is held; ``target_id``, whom that outbid, if anybody, has
    ``refunded`` back."""

    event_type: ClassVar[str] = "auction_bid"

    amount: Count
    refunded: Count
    prolonged_ms: Count
    """By how much this bid, if it came late, prolonged the auction."""
    ends_ms: Count
    """When the auction ends now."""


class AuctionSold(AuctionEvent, LedgerEvent):
    """``user_id`` gets the lot and ``target_id`` the ``price`` less the ``fee``."""

    event_type: ClassVar[str] = "auction_sold"

    price: Count
    fee: Count
    fee_percent: Percent


class AuctionReturned(AuctionEvent, LedgerEvent):
    """The lot went back to ``target_id``: nobody bid, or ``user_id`` called it off, and then the
    highest bid went back as well."""

    event_type: ClassVar[str] = "auction_return"

    outcome: Literal["unsold", "cancelled"]
    refunded: Count
