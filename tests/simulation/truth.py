"""Is what a member was told true? The numbers of an answer, held against the books.

For each kind of fact a function says which numbers its answer must show, each as a pattern with
the words around it that say what it is. The amounts are those of the postings, not those that the
fact states of itself, and the balances are the books' own right after the fact. What answers a
question rests on no fact: it must be true at one position between asking and answering.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from events.achievements import AchievementEarned
from events.activities import ActivityDone
from events.auctions import AuctionBid, AuctionEvent, AuctionReturned, AuctionSold, AuctionStarted
from events.bank import BankDeposited, BankUpgraded, BankWithdrawn
from events.claims import DailyClaimed, WeeklyClaimed
from events.economy import CoinsAwarded, PaymentMade
from events.economy_acts import EconomyReset, EconomyUndone
from events.effects import ItemUsed
from events.engine.event import Event
from events.games import ChancePlayed, WagerPlayed
from events.ledger import COINS, ITEM_PREFIX, MINT, SINK, bank, escrow, item, wallet
from events.pets import PetFed
from events.quests import QuestRewarded
from events.shop import ItemBought, ItemGiven, ItemRefunded, ItemSold
from events.trades import TradeChanged, TradeConfirmed, TradeEnded, TradeEvent, TradeSettled
from tests.simulation.books import Books

Patterns = Iterator[str]
MINUS: Final = "\N{MINUS SIGN}"
DOT: Final = "\N{MIDDLE DOT}"
TIMES: Final = "\N{MULTIPLICATION SIGN}"


class Lie(AssertionError):
    """A member was told something that is not so."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that an interaction caused, and the books that it stands in; ``now`` is the position
    at which the answer was made, for what shows how a thing stands."""

    event: Any
    position: int
    books: Books
    now: int

    @property
    def money(self) -> str:
        """The currency that it was paid in, if anything was."""
        moved = [p.currency for p in self.event.postings if not p.currency.startswith(ITEM_PREFIX)]
        return moved[0] if moved else COINS

    def moved(self, account: str, currency: str | None = None) -> int:
        """By how much an account changed."""
        currency = currency or self.money
        postings: Iterable[Any] = self.event.postings
        fitting = [p for p in postings if (p.account, p.currency) == (account, currency)]
        return sum(p.amount for p in fitting)

    def after(self, account: str) -> int:
        """What an account held right after."""
        return self.books.held(account, self.position, self.money)

    @property
    def own(self) -> str:
        """The wallet of the member who acted."""
        return wallet(self.event.user_id)


def n(value: int) -> str:
    """A pattern for exactly this number, as members are shown it."""
    shown = f"{value:,}".replace("-", MINUS)
    return rf"(?<![\d,.{MINUS}]){re.escape(shown)}(?![\d]|[,.]\d)"


def signed(value: int) -> str:
    """The same for a change, with its sign."""
    return rf"\+{n(value)}" if value >= 0 else n(value)


def _paid(fact: Fact) -> Patterns:
    event: PaymentMade = fact.event
    yield rf"paid <@{event.target_id}> \*\*{n(fact.moved(wallet(event.target_id or 0)))}"
    yield rf"\*\*{n(-fact.moved(fact.own))}"
    yield rf"^{n(fact.after(fact.own))} .* left$"


def _awarded(fact: Fact) -> Patterns:
    target = fact.event.target_id
    gained = fact.moved(wallet(target))
    yield rf"<@{target}>[^\n\d{MINUS}]*{signed(gained)}"


def _undone(fact: Fact) -> Patterns:
    for posting in fact.event.postings:
        kind, _, member = posting.account.partition(":")
        if kind in ("wallet", "bank") and posting.currency == COINS:
            mine = wallet(int(member)), bank(int(member))
            gained = sum(fact.moved(one, COINS) for one in mine)
            yield rf"<@{member}>.*{signed(gained)}"


def _deposited(fact: Fact) -> Patterns:
    account = bank(fact.event.user_id)
    yield rf"put \*\*{n(-fact.moved(fact.own))}"
    yield rf"` {n(fact.after(account))} of {n(fact.event.capacity)}"
    yield _footer_of_bank(fact)


def _withdrawn(fact: Fact) -> Patterns:
    yield rf"took \*\*{n(fact.moved(fact.own))}"
    yield _footer_of_bank(fact)


def _footer_of_bank(fact: Fact) -> str:
    in_wallet, in_bank = fact.after(fact.own), fact.after(bank(fact.event.user_id))
    return rf"^Wallet {n(in_wallet)} {DOT} bank {n(in_bank)}$"


def _upgraded(fact: Fact) -> Patterns:
    yield rf"tier {n(fact.event.tier)} now and holds \*\*{n(fact.event.capacity)}"
    yield rf"` {n(fact.after(bank(fact.event.user_id)))} of {n(fact.event.capacity)}"
    yield rf"^{n(fact.after(fact.own))} .* left in your wallet"


def _claimed(fact: Fact) -> Patterns:
    event: DailyClaimed | WeeklyClaimed = fact.event
    times = event.ladder if isinstance(event, DailyClaimed) else event.multiplier
    gained = fact.moved(fact.own)
    factors = rf" \({n(event.base)} {TIMES}{times // 100}\.{times % 100:02}\)"
    yield rf"\*\*{signed(gained)}\*\* \S*{'' if times == 100 else factors}$"
    yield rf"^{n(event.streak)} (day|week)s? in a row$"


def _activity(fact: Fact) -> Patterns:
    if gained := fact.moved(fact.own):
        yield rf"\*\*{n(abs(gained))}"
    yield rf"seed {fact.event.seed}$"


def _played(fact: Fact) -> Patterns:
    event: ChancePlayed = fact.event
    gain = fact.moved(fact.own)
    yield rf": {n(event.stake)} on {event.choice}$"
    yield rf"\*\* {signed(gain)} "
    yield rf"^Paid: {n(event.stake + gain)} "
    yield rf"^Wallet: {n(fact.after(fact.own))}$"
    yield rf"seed {event.seed} .* #{fact.position} in"


def _wagered(fact: Fact) -> Patterns:
    event: WagerPlayed = fact.event
    gained = sum(p.amount for p in event.postings if p.account == wallet(event.winner_id))
    yield rf"<@{event.winner_id}> wins \*\*{n(gained + event.stake)}"
    yield rf"seed {event.seed} .* #{fact.position} in"


def _bought(fact: Fact) -> Patterns:
    event: ItemBought = fact.event
    yield rf"bought \*\*{n(fact.moved(fact.own, item(event.item)))} {TIMES}"
    yield rf"for \*\*{n(-fact.moved(fact.own))}"
    stock = "" if event.stock_left is None else rf".*{n(event.stock_left)} in stock"
    yield rf"^{n(fact.after(fact.own))} .* left{stock}.*#{fact.position}$"


def _sold(fact: Fact) -> Patterns:
    yield rf"sold \*\*{n(-fact.moved(fact.own, item(fact.event.item)))} {TIMES}"
    yield rf"for \*\*{n(fact.moved(fact.own))}"
    yield rf"^You have {n(fact.after(fact.own))} .*#{fact.position}$"


def _returned(fact: Fact) -> Patterns:
    yield rf"returned \*\*{n(-fact.moved(fact.own, item(fact.event.item)))} {TIMES}"
    yield rf"has \*\*{n(fact.moved(fact.own))}.* back"
    yield rf"^You have {n(fact.after(fact.own))} .*#{fact.position}$"


def _given(fact: Fact) -> Patterns:
    target, currency = fact.event.target_id, item(fact.event.item)
    yield rf"gave <@{target}> \*\*{n(fact.moved(wallet(target), currency))} {TIMES}"


def _used(fact: Fact) -> Patterns:
    event: ItemUsed = fact.event
    yield rf"#{fact.position} in this server's log"
    for posting in event.postings:
        if posting.account == fact.own and posting.amount > 0 and event.roll is not None:
            yield rf"found \*\*{n(posting.amount)}"


def _fed(fact: Fact) -> Patterns:
    event: PetFed = fact.event
    yield rf"{n(event.hunger_before)} % before, {n(event.hunger)} % now"
    yield rf"^\+{n(event.experience)} experience"


def _trade(fact: Fact) -> Patterns:
    """As it stands: both sides' offers, of which whoever has confirmed has put theirs up."""
    trade_id = fact.event.trade_id
    offers: dict[tuple[int, str], int] = {}
    version = confirmed = 0
    for event in _about(fact, TradeEvent, "trade_id", trade_id):
        if isinstance(event, TradeChanged):
            offers[event.user_id or 0, event.currency] = event.quantity
            version, confirmed = event.version, 0
        elif isinstance(event, TradeConfirmed):
            confirmed = event.user_id or 0
        elif isinstance(event, TradeSettled | TradeEnded):
            confirmed = 0
    for (member, currency), quantity in offers.items():
        if quantity:
            yield rf"<@{member}>\n(?:\*\*.*\n)*\*\*{n(quantity)}"
        up = fact.books.held(escrow(trade_id), fact.now, currency)
        if member == confirmed and up != quantity:
            raise Lie(f"{up} of {currency} are put up, not {quantity}")
    yield rf"^Version {n(version) if version else '.*'}"


def _auction(fact: Fact) -> Patterns:
    """As it stands: the lot, and the highest bid, both of them held."""
    auction_id, best, bids, over = fact.event.auction_id, 0, 0, False
    for event in _about(fact, AuctionEvent, "auction_id", auction_id):
        if isinstance(event, AuctionStarted):
            start = event
        elif isinstance(event, AuctionBid):
            best, bids = event.amount, bids + 1
        over = over or isinstance(event, AuctionSold | AuctionReturned)
    yield rf"<@{start.user_id}> sells \*\*{n(start.quantity)}"
    if best:
        yield rf"^(Price|Highest bid): \*\*{n(best)}"
    yield rf"^{n(bids)} bids?"
    held = {start.currency: 0, start.bid_currency: 0}
    if not over:
        held[start.currency] += start.quantity
        held[start.bid_currency] += best
    for currency, quantity in held.items():
        up = fact.books.held(escrow(auction_id), fact.now, currency)
        if up != quantity:
            raise Lie(f"{up} of {currency} are held, not {quantity}")


def _about(fact: Fact, kind: type[Event], key: str, value: int) -> list[Event]:
    events = [fact.books.events[position] for position in range(1, fact.now + 1)]
    return [e for e in events if isinstance(e, kind) and getattr(e, key) == value]


def _recognised(fact: Fact) -> Patterns:
    yield rf"<@{fact.event.target_id}> got"


def _quest(fact: Fact) -> Patterns:
    coins = fact.event.coins
    yield rf"<@{fact.event.user_id}> got" + (rf" .*{n(coins)} " if coins else "")


TRUTHS: Final[dict[type[Event], Callable[[Fact], Patterns]]] = {
    AchievementEarned: _recognised,
    ActivityDone: _activity,
    AuctionBid: _auction,
    AuctionReturned: _auction,
    AuctionSold: _auction,
    AuctionStarted: _auction,
    BankDeposited: _deposited,
    BankUpgraded: _upgraded,
    BankWithdrawn: _withdrawn,
    ChancePlayed: _played,
    CoinsAwarded: _awarded,
    DailyClaimed: _claimed,
    EconomyReset: _undone,
    EconomyUndone: _undone,
    ItemBought: _bought,
    ItemGiven: _given,
    ItemRefunded: _returned,
    ItemSold: _sold,
    ItemUsed: _used,
    PaymentMade: _paid,
    PetFed: _fed,
    QuestRewarded: _quest,
    TradeChanged: _trade,
    TradeConfirmed: _trade,
    TradeEnded: _trade,
    TradeSettled: _trade,
    WagerPlayed: _wagered,
    WeeklyClaimed: _claimed,
}
"""What the answer to each kind of fact must show."""


def check_act(text: str, facts: list[tuple[int, Event]], books: Books, head: int) -> None:
    """Raises Lie when an answer does not show what its facts are, as they stood at one position
    until ``head``."""
    for position, event in facts:
        told = TRUTHS.get(type(event))
        if told is not None:
            _holds(text, partial(_told, told, event, position, books), range(position, head + 1))


def _told(
    told: Callable[[Fact], Patterns], event: Event, position: int, books: Books, now: int
) -> Patterns:
    return told(Fact(event, position, books, now))


def _holds(text: str, said: Callable[[int], Patterns], positions: Iterable[int]) -> None:
    """Everything must be shown as it was at one of the positions."""
    wrong: list[str] = []
    for position in positions:
        try:
            missing = [p for p in said(position) if not re.search(p, text, re.MULTILINE)]
        except Lie as lie:
            missing = [str(lie)]
        if not missing:
            return
        wrong += missing
    raise Lie(f"none of this is shown:\n{wrong}\nin:\n{text}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked by whom: a command's name, or a button's and then no options. ``names`` are
    those of all members."""

    name: str
    user_id: int
    names: Mapping[str, int]
    options: Mapping[str, Any] | None = None

    def member(self) -> int:
        """Whom it is about."""
        who = (self.options or {}).get("member")
        return int(who.id) if who is not None else self.user_id


def check_question(text: str, asked: Asked, books: Books, span: range) -> None:
    """Raises Lie when an answer about money was true at no position of ``span``."""
    said = QUESTIONS.get(asked.name)
    if said is not None:
        _holds(text, lambda now: said(_Question(text, asked, books, now)), span)


@dataclass(frozen=True, slots=True)
class _Question:
    text: str
    asked: Asked
    books: Books
    at: int

    def held(self, account: str, currency: str = COINS) -> int:
        return self.books.held(account, self.at, currency)

    def shown(self, pattern: str) -> list[tuple[str, ...]]:
        """What stands in the text where the groups of a pattern are."""
        return [match.groups() for match in re.finditer(pattern, self.text, re.MULTILINE)]


def _balance(on: _Question) -> Patterns:
    who = on.asked.member()
    in_wallet, in_bank = on.held(wallet(who)), on.held(bank(who))
    yield rf"^Wallet: \*\*{n(in_wallet)}"
    yield rf"^Bank: \*\*{n(in_bank)}"
    yield rf"^Net worth: \*\*{n(in_wallet + in_bank)}"
    yield rf"^Bank `.*` {n(in_bank)} of"


def _richest(on: _Question) -> Patterns:
    if on.asked.options is not None and not on.asked.options.get("currency"):
        for name, _ in on.shown(rf"\*\*(\w+)\*\* {DOT} ([\d,]+) "):
            who = on.asked.names[name]
            yield rf"\*\*{name}\*\* {DOT} {n(on.held(wallet(who)) + on.held(bank(who)))} "


def _transactions(on: _Question) -> Patterns:
    line = rf"`([+{MINUS}][\d,]+)` .* then ([\d,]+), .* `#(\d+)`$"
    for amount, balance, position in on.shown(line):
        lines = on.books.lines.get(int(position), [])
        if (_number(amount), _number(balance)) not in lines:
            raise Lie(f"{amount}, then {balance} is not at #{position}: {lines}")
    yield "ransactions?"


def _supply(on: _Question) -> Patterns:
    if on.asked.options is not None and not on.asked.options.get("currency"):
        yield rf"^\*\*{n(-on.held(MINT) - on.held(SINK))}\*\* .* with"


def _wanted(on: _Question) -> Patterns:
    offer = r"for \*\*([\d,]+).*You have ([\d,]+) and would keep ([\d,]+)"
    for price, has, keeps in on.shown(offer):
        own = wallet(on.asked.user_id)  # the price may be in any of the server's currencies
        purses = [c for account, c in on.books.all_held() if account == own]
        amounts = "|".join(n(on.held(own, currency)) for currency in (COINS, *purses))
        yield rf"You have (?:{amounts}) and"
        if _number(has) - _number(price) != _number(keeps):
            raise Lie(f"{has} less {price} is not {keeps}")


def _award(on: _Question) -> Patterns:
    options = on.asked.options or {}
    if options.get("kind") == "coins" and "would get" in on.text:
        who, amount = on.asked.member(), options["amount"]
        has = on.held(wallet(who))
        yield rf"<@{who}> would get \*\*{signed(amount)} "
        yield rf"have {n(has + amount)} instead of {n(has)}"


def _number(text: str) -> int:
    return int(text.replace(",", "").replace(MINUS, "-"))


QUESTIONS: Final[dict[str, Callable[[_Question], Patterns]]] = {
    "award": _award,
    "balance": _balance,
    "economy supply": _supply,
    "richest": _richest,
    "shopbuy": _wanted,
    "transactions": _transactions,
}
"""What the answer to each question about money must show, by the command or button."""
