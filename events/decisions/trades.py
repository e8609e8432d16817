"""May this trade be opened, changed, confirmed, called off? Decided under the stream's lock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.currency import Coin
from events.decisions.amounts import NO_OTHERS, Goods, check_room, counted
from events.decisions.asked import Asked
from events.decisions.economy import Member
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import to_ms
from events.ledger import MAX_AMOUNT, Posting, escrow, move, wallet
from events.trades import TradeChanged, TradeConfirmed, TradeEnded, TradeOpened, TradeSettled

MAX_KINDS = 10
"""Different things that one side may offer."""


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade as it stands. ``confirmed_by`` has put up what they offer; None when nobody has."""

    trade_id: int
    proposer_id: int
    partner_id: int
    proposer_offer: Goods
    partner_offer: Goods
    version: int
    confirmed_by: int | None
    state: str
    expires_at: datetime

    def is_between(self, member_id: int) -> bool:
        """Whether this is one of the two."""
        return member_id in (self.proposer_id, self.partner_id)

    def offer(self, member_id: int) -> Goods:
        """What one side offers."""
        return self.proposer_offer if member_id == self.proposer_id else self.partner_offer

    def other(self, member_id: int) -> int:
        """The other side."""
        return self.partner_id if member_id == self.proposer_id else self.proposer_id

    @property
    def end_id(self) -> str:
        """The key of its end, whichever it will be."""
        return f"{self.trade_id}:{TradeEnded.event_type}"

    def confirm_id(self, member_id: int) -> str:
        """The key of a side's confirmation of this version."""
        return f"{self.trade_id}:{TradeConfirmed.event_type}:{self.version}:{member_id}"


def open_trade(asked: Asked, partner: Member, earlier: Trade | None, minutes: int) -> list[Event]:
    """``asked.user_id`` proposes a trade to ``partner``; ``earlier`` is the one that the two have
    open already, which is closed first if its time is over.

    Raises Refused: with oneself, a bot, somebody who left, or while another one is open.
    """
    if partner.user_id == asked.user_id:
        raise Refused("You cannot trade with yourself. Pick somebody else.")
    if partner.is_bot:
        raise Refused("Bots have nothing to trade. Pick a member.")
    check_present(partner)
    facts: list[Event] = []
    if earlier is not None:
        if asked.at < earlier.expires_at:
            raise Refused(
                "The two of you have a trade open already. See it with `/trade show`, or call it "
                "off with `/trade cancel` first."
            )
        facts.append(expire(asked.guild_id, earlier))
    opened = TradeOpened(
        **asked.envelope,
        source_id=asked.source_id(TradeOpened.event_type),
        target_id=partner.user_id,
        trade_id=asked.interaction_id,
        minutes=minutes,
        expires_ms=to_ms(asked.at + timedelta(minutes=minutes)),
    )
    return [*facts, opened]


def change(
    asked: Asked, trade: Trade, partner: Member, currency: str, quantity: int, *, carried: int
) -> TradeChanged:
    """``asked.user_id``, who carries so much of ``currency``, offers ``quantity`` of it from now
    on; 0 takes it back. A new version: what was confirmed before counts no longer.

    Raises Refused for what is not theirs to offer, or no change at all.
    """
    check_open(asked, trade)
    check_present(partner)
    offer = trade.offer(asked.user_id)
    before = offer.get(currency, 0)
    owns = to_offer(trade, asked.user_id, currency, carried)
    if quantity < 0:
        raise Refused("Offer 0 or more; 0 takes it out of the trade.")
    if quantity > MAX_AMOUNT:
        raise Refused(f"One trade moves at most {MAX_AMOUNT:,} of a kind.")
    if quantity == before:
        raise Refused("That is what you offer already. Name another number.")
    if quantity > owns:
        raise Refused(f"You have {owns:,} of that, so {quantity - owns:,} are missing. Offer less.")
    if before == 0 and len(offer) >= MAX_KINDS:
        raise Refused(f"One side offers at most {MAX_KINDS} different things. Take one out first.")
    return TradeChanged(
        **asked.envelope,
        source_id=asked.source_id(TradeChanged.event_type),
        target_id=trade.other(asked.user_id),
        trade_id=trade.trade_id,
        currency=currency,
        quantity=quantity,
        before=before,
        version=trade.version + 1,
        postings=put_up(trade),
    )


def to_offer(trade: Trade, member_id: int, currency: str, carried: int) -> int:
    """How much a member can offer: what they carry, and what they have put up in this trade."""
    up = trade.offer(member_id).get(currency, 0) if trade.confirmed_by == member_id else 0
    return carried + up


def confirm(
    asked: Asked,
    trade: Trade,
    version: int,
    partner: Member,
    *,
    carried: Goods,
    partner_carried: Goods,
    known: Mapping[str, Coin] = NO_OTHERS,
) -> TradeConfirmed | TradeSettled:
    """``asked.user_id`` agrees to ``version``: the first puts up what they offer, the second
    settles. ``carried`` is what is in the wallets of the two, ``known`` the guild's currencies.

    Raises Refused for a version that is no longer the newest, nothing on either side, what is not
    there, and a wallet that could not hold it.
    """
    check_open(asked, trade)
    check_present(partner)
    if version != trade.version:
        raise Refused(
            "The offers were changed since you saw them. Look at the trade again with "
            "`/trade show` and confirm what stands there now."
        )
    if not (trade.proposer_offer or trade.partner_offer):
        raise Refused("Nothing is offered yet. Press *Offer* or use `/trade offer` first.")
    if trade.confirmed_by == asked.user_id:
        raise Refused("You have confirmed already. It is the other side's turn now.")
    own, other = trade.offer(asked.user_id), trade.offer(partner.user_id)
    for currency, quantity in own.items():
        if quantity > (has := carried.get(currency, 0)):
            raise Refused(
                f"You offer {quantity:,} of something you have only {has:,} of by now. "
                "Change your offer, or get what is missing."
            )
    for whose, given, into in (("Their", own, partner_carried), ("Your", other, carried)):
        for currency, quantity in given.items():
            check_room(into.get(currency, 0), quantity, f"{whose} wallet", counted(currency, known))
    here, there = wallet(asked.user_id), wallet(partner.user_id)
    if trade.confirmed_by is None:
        return TradeConfirmed(
            **asked.envelope,
            source_id=trade.confirm_id(asked.user_id),
            target_id=partner.user_id,
            trade_id=trade.trade_id,
            version=version,
            postings=_moved(own, source=here, to=escrow(trade.trade_id)),
        )
    return TradeSettled(
        **asked.envelope,
        source_id=trade.end_id,
        target_id=partner.user_id,
        trade_id=trade.trade_id,
        version=version,
        postings=[
            *_moved(own, source=here, to=there),
            *_moved(other, source=escrow(trade.trade_id), to=here),
        ],
    )


def cancel(asked: Asked, trade: Trade) -> TradeEnded:
    """Either side calls it off. Raises Refused for others, and when it is over."""
    check_open(asked, trade, late=True)
    return TradeEnded(
        **asked.envelope,
        source_id=trade.end_id,
        target_id=trade.other(asked.user_id),
        trade_id=trade.trade_id,
        outcome="cancelled",
        version=trade.version,
        postings=put_up(trade),
    )


def expire(guild_id: int, trade: Trade) -> TradeEnded:
    """Its time is over: the same fact whoever notices, and when."""
    return TradeEnded(
        guild_id=guild_id,
        source_id=trade.end_id,
        occurred_at=trade.expires_at,
        trade_id=trade.trade_id,
        outcome="expired",
        version=trade.version,
        postings=put_up(trade),
    )


def put_up(trade: Trade) -> list[Posting]:
    """The postings that give back whatever the trade holds."""
    if trade.confirmed_by is None:
        return []
    return _moved(
        trade.offer(trade.confirmed_by),
        source=escrow(trade.trade_id),
        to=wallet(trade.confirmed_by),
    )


def check_open(asked: Asked, trade: Trade, *, late: bool = False) -> None:
    """That the trade is the member's to act on, now (or, if ``late``, until it is closed).

    Raises Refused.
    """
    if not trade.is_between(asked.user_id):
        raise Refused("This trade is between two others. Open your own with `/trade open`.")
    if trade.state == "settled":
        raise Refused("This trade is done: everything has changed hands. Open a new one.")
    if trade.state == "cancelled":
        raise Refused("This trade was called off, and everything went back. Open a new one.")
    if trade.state != "open" or (asked.at >= trade.expires_at and not late):
        raise Refused("This trade has run out, and everything goes back. Open a new one.")


def check_present(partner: Member) -> None:
    """That the other side is still here. Raises Refused."""
    if not partner.present:
        raise Refused("That member has left this server, so no trade with them can be made.")


def _moved(goods: Goods, *, source: str, to: str) -> list[Posting]:
    """Everything from one account to another, in the order of the names."""
    return [
        posting
        for currency, quantity in sorted(goods.items())
        for posting in move(quantity, source=source, to=to, currency=currency)
    ]
