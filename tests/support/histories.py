"""Whole histories of a guild, made from a seed: every event type, few members, many collisions.

An event type that this module does not know is made up from its fields, so a new one takes part in
the laws unasked.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from events.auctions import AuctionBid, AuctionReturned, AuctionSold, AuctionStarted
from events.economy import CoinsAwarded, LevelReached, PaymentMade
from events.engine.catalogue import event_types
from events.engine.event import Event
from events.engine.setting import Value
from events.engine.snowflake import snowflake_at
from events.games import ChancePlayed, WagerClosed, WagerOffered, WagerPlayed
from events.interactions import InteractionUsed
from events.ledger import COINS, MINT, SINK, LedgerEvent, Posting, wallet
from events.messages import MessageCreated
from events.points import PointsAwarded
from events.reactions import ReactionAdded, ReactionRemoved, ReactionsTallied
from events.settings import SETTINGS, SettingChanged
from events.shop import ItemBought, ItemRefunded
from events.threads import ThreadCreated
from events.trades import TradeChanged, TradeConfirmed, TradeEnded, TradeOpened, TradeSettled
from events.voice import VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged
from tests.support import dealings, shopping
from tests.support.belongings import Belongings
from tests.support.blindness import Blindness
from tests.support.facts import START
from tests.support.gatherings import Gatherings
from tests.support.honours import Honours
from tests.support.questing import Questing
from tests.support.rewards import Rewards
from tests.support.ruling import some_value
from tests.support.seasons import Rollovers
from tests.support.wagers import Wagers

MEMBERS = (21, 22, 23, 24, 25)
BOT = 29
CHANNELS = (31, 32, 33)
CATEGORIES = (None, 41, 42)
VOICE = (51, 52)
NAMES = ("Ann", "\\N", "tab\tand\nline", 'it\'s "quoted" {x} %s', "naïve 🎉", "", "NULL")
"""What members call themselves: all of it has to come back as it went in."""


class Historian:
    """Makes up one guild's history; what it has told so far decides what can come next."""

    def __init__(self, guild_id: int, seed: int) -> None:
        self.guild_id = guild_id
        self.random = Random(seed)
        self.now = START
        self.count = 0
        self.position = 0
        self.messages: list[tuple[int, int]] = []
        self.reactions: dict[tuple[int, int, str], int] = {}
        self.voice: dict[int, int] = {}
        self.voice_changes: dict[int, int] = {}
        self.balances = dict.fromkeys(MEMBERS, 0)
        self.levels = dict.fromkeys(MEMBERS, 0)
        self.revisions: dict[str, int] = {}
        self.values: dict[str, Value | None] = {}
        self.trade: Iterator[Event] = iter(())
        self.purchases: list[ItemBought] = []
        wagers = Wagers(self)
        self.auction: Iterator[Event] = iter(())
        special: dict[type[Event], Callable[[], Event | None]] = {
            MessageCreated: self._message,
            ReactionAdded: self._react,
            ReactionRemoved: self._unreact,
            ReactionsTallied: self._tally,
            ThreadCreated: self._thread,
            VoiceJoined: self._voice,
            VoiceLeft: self._voice,
            VoiceMoved: self._voice,
            VoiceStateChanged: self._voice,
            PaymentMade: self._pay,
            CoinsAwarded: self._award,
            LevelReached: self._level,
            PointsAwarded: self._points,
            **Honours(self).makers,
            **Belongings(self, self._any).makers,
            **Gatherings(self, VOICE[0]).makers,
            **Blindness(self).makers,
            **Rewards(self).makers,
            **Questing(self).makers,
            SettingChanged: self._setting,
            **Rollovers(self).makers,
            InteractionUsed: self._interaction,
            **dict.fromkeys((TradeOpened, TradeChanged, TradeConfirmed), self._trade),
            **dict.fromkeys((TradeSettled, TradeEnded), self._trade),
            ItemBought: self._buy,
            ItemRefunded: self._refund,
            ChancePlayed: wagers.bet,
            WagerOffered: wagers.offer,
            WagerPlayed: wagers.play,
            WagerClosed: wagers.close,
            **dict.fromkeys((AuctionStarted, AuctionBid), self._auction),
            **dict.fromkeys((AuctionSold, AuctionReturned), self._auction),
        }
        types = len(event_types())  # talk stays the larger part, however many types there are
        self.makers: list[Callable[[], Event | None]] = (
            [special.get(cls, partial(self._any, cls)) for cls in event_types().values()]
            + [self._message] * (types * 2 // 5)
            + [self._react] * (types // 5)
            + [self._voice] * (types // 4)
            + [self._interaction] * (types // 15)
        )

    def tell(self, length: int) -> list[Event]:
        """The next ``length`` events."""
        told: list[Event] = []
        while len(told) < length:
            self.now += timedelta(milliseconds=self.random.choice((0, 1, 900, 12_000, 95_000)))
            if self.random.random() < 0.01:
                self.now += timedelta(days=self.random.choice((1, 1, 2, 9, 40)))
            self.count += 1
            event = self.random.choice(self.makers)()
            if event is not None:
                told.append(event)
                self.position += 1
        return told

    def _id(self) -> int:
        return snowflake_at(self.now, self.count)

    def _who(self) -> int:
        return self.random.choice(MEMBERS)

    def _event(self, cls: type[Event], source_id: str, **fields: Any) -> Event:
        fields.setdefault("occurred_at", self.now)
        if "category_id" in cls.model_fields:
            fields.setdefault("category_id", self.random.choice(CATEGORIES))
        return cls(guild_id=self.guild_id, source_id=source_id, **fields)

    def _import(self) -> dict[str, Any]:
        """Sometimes the fact comes out of an import, and is an older one then."""
        if self.random.random() < 0.85:
            return {}
        then = self.now - timedelta(seconds=self.random.choice((20, 40, 4000)))
        return {"import_id": "dce:1", "occurred_at": then}

    def _message(self) -> Event:
        number, author = self._id(), self.random.choice((*MEMBERS, *MEMBERS, BOT))
        self.messages.append((number, author))
        return self._event(
            MessageCreated,
            f"{number}:message_create",
            user_id=author,
            channel_id=self.random.choice(CHANNELS),
            message_id=number,
            message_type=self.random.choice((0, 0, 0, 19, 18)),
            name=self.random.choice(NAMES),
            avatar=self.random.choice((None, "aa")),
            is_bot=author == BOT,
            length=self.random.randint(0, 300),
            **self._import(),
        )

    def _react(self) -> Event | None:
        if not self.messages:
            return None
        number, author = self.random.choice(self.messages)
        who = self.random.choice((*MEMBERS, *MEMBERS, BOT))
        emoji = self.random.choice("ab")
        ordinal = self.reactions.get((number, who, emoji), 0) + 1
        if ordinal % 2 == 0:
            return self._unreact()
        self.reactions[number, who, emoji] = ordinal
        return self._event(
            ReactionAdded,
            f"{number}:reaction:{emoji}:{who}:{ordinal}",
            user_id=who,
            channel_id=self.random.choice(CHANNELS),
            target_id=self.random.choice((author, None)),
            message_id=number,
            emoji=emoji,
            ordinal=ordinal,
            is_bot=who == BOT,
            **self._import(),
        )

    def _unreact(self) -> Event | None:
        given = [key for key, ordinal in self.reactions.items() if ordinal % 2]
        if not given:
            return None
        number, who, emoji = self.random.choice(given)
        ordinal = self.reactions[number, who, emoji] = self.reactions[number, who, emoji] + 1
        return self._event(
            ReactionRemoved,
            f"{number}:reaction:{emoji}:{who}:{ordinal}",
            user_id=who,
            message_id=number,
            emoji=emoji,
            ordinal=ordinal,
        )

    def _tally(self) -> Event | None:
        number = self._id()
        return self._event(
            ReactionsTallied,
            f"{number}:reaction_tally:c",
            target_id=self._who(),
            channel_id=self.random.choice(CHANNELS),
            message_id=number,
            emoji="c",
            count=self.random.randint(0, 5),
            **self._import(),
        )

    def _thread(self) -> Event:
        number = self._id()
        return self._event(
            ThreadCreated,
            f"{number}:thread_create",
            user_id=self._who(),
            channel_id=self.random.choice(CHANNELS),
            thread_id=number,
            **self._import(),
        )

    def _voice(self) -> Event:
        who = self.random.choice((*MEMBERS[:3], BOT))
        ordinal = self.voice_changes[who] = self.voice_changes.get(who, 0) + 1
        here, cls = self.voice.get(who), VoiceJoined
        fields: dict[str, Any] = {"channel_id": self.random.choice(VOICE)}
        if here is not None:
            cls = self.random.choice((VoiceLeft, VoiceMoved, VoiceStateChanged))  # type: ignore[assignment]
            other = VOICE[0] if here == VOICE[1] else VOICE[1]
            moved = issubclass(cls, VoiceMoved)
            fields = {"channel_id": other if moved else here}
            if moved:
                fields["from_channel_id"] = here
        self.voice[who] = fields["channel_id"]
        if issubclass(cls, VoiceLeft):
            del self.voice[who]
            fields["unseen"] = self.random.random() < 0.2
        self.now += timedelta(minutes=self.random.choice((0, 3, 11)))
        return self._event(
            cls,
            f"{who}:voice:{ordinal:010d}",
            user_id=who,
            ordinal=ordinal,
            session_id="s",
            self_deaf=self.random.random() < 0.2,
            is_bot=who == BOT,
            **fields,
        )

    def _ledger(
        self, cls: type[Event], source_id: str, *legs: tuple[str, int], **fields: Any
    ) -> Event:
        currency = fields.pop("currency", COINS)
        postings = [Posting(account=account, currency=currency, amount=n) for account, n in legs]
        return self._event(cls, source_id, postings=postings, **fields)

    def _pay(self) -> Event | None:
        payer, payee = self.random.sample(MEMBERS, 2)
        if not self.balances[payer]:
            return None
        amount = self.random.randint(1, self.balances[payer])
        self.balances[payer] -= amount
        self.balances[payee] += amount
        return self._ledger(
            PaymentMade,
            f"{self._id()}:payment",
            (wallet(payer), -amount),
            (wallet(payee), amount),
            user_id=payer,
            target_id=payee,
            amount=amount,
            left=self.balances[payer],
        )

    def _award(self) -> Event:
        who, amount = self._who(), self.random.randint(1, 500)
        currency = self.random.choice((COINS, COINS, "gems"))
        if self.random.random() < 0.1 and self.balances[who]:
            amount, currency = -self.random.randint(1, self.balances[who]), COINS
        of_role = amount > 0 and self.random.random() < 0.3
        receivers = MEMBERS[1:4] if of_role else (who,)
        for member in receivers if currency == COINS else ():
            self.balances[member] += amount
        return self._ledger(
            CoinsAwarded,
            f"{self._id()}:coin_award",
            (MINT if amount > 0 else SINK, -amount * len(receivers)),
            *((wallet(member), amount) for member in receivers),
            currency=currency,
            user_id=MEMBERS[0],
            target_id=None if of_role else who,
            amount=amount,
            reason=self.random.choice(NAMES),
        )

    def _level(self) -> Event:
        who = self._who()
        level = self.levels[who] = self.levels[who] + 1
        self.balances[who] += 50 * level
        return self._ledger(
            LevelReached,
            f"{who}:level_reached:{level}",
            (MINT, -50 * level),
            (wallet(who), 50 * level),
            user_id=who,
            level=level,
            reward=50 * level,
            unpaid=0,
            cause_position=1,
        )

    def _trade(self) -> Event | None:
        event = next(self.trade, None)
        if event is None:
            pair = self.random.sample(MEMBERS, 2)
            self.trade = dealings.trade(self.guild_id, self.now, self.count, pair, self.random)
        return event

    def _auction(self) -> Event | None:
        event = next(self.auction, None)
        if event is None:
            trio = self.random.sample(MEMBERS, 3)
            self.auction = dealings.auction(self.guild_id, self.now, self.count, trio, self.random)
        return event

    def _points(self) -> Event:
        return self._event(
            PointsAwarded,
            f"{self._id()}:point_award",
            user_id=MEMBERS[0],
            target_id=self._who(),
            xp=self.random.choice((0, 500)),
            stars=self.random.choice((0, 3, -1)),
            reason=self.random.choice(NAMES),
        )

    def _setting(self) -> Event:
        setting = SETTINGS[self.random.choice((*SETTINGS, *list(self.revisions) * 9))]
        revision = self.revisions[setting.key] = self.revisions.get(setting.key, 0) + 1
        value = some_value(setting, self.random)
        previous, self.values[setting.key] = self.values.get(setting.key), value
        return self._event(
            SettingChanged,
            f"rule:setting:{setting.key}:{revision}",
            user_id=self._who(),
            key=setting.key,
            value=value,
            previous=previous,
            revision=revision,
            interaction_id=self._id(),
        )

    def _interaction(self) -> Event:
        number = self._id()
        return self._event(
            InteractionUsed,
            f"{number}:interaction",
            user_id=self._who(),
            interaction_id=number,
            kind="slash",
            name=self.random.choice(("profile", "pay")),
            options={"amount": 3, "text": None},
            outcome=self.random.choice(("ok", "refused", "error")),
            duration_ms=self.random.randint(0, 90),
        )

    def _buy(self) -> Event:
        who = self._who()
        price = min(self.random.choice((0, 2, 9)), self.balances[who])
        self.purchases.append(
            shopping.bought(
                self._id(),
                self.random.choice(NAMES),
                self.random.randint(1, 3),
                user=who,
                guild=self.guild_id,
                when=self.now,
                price=price,
                currency=COINS if price else "gems",
                refund_hours=self.random.choice((0, 24)),
            )
        )
        self.balances[who] -= self.purchases[-1].price
        return self.purchases[-1]

    def _refund(self) -> Event | None:
        if not self.purchases:
            return None
        bought = self.purchases.pop(self.random.randrange(len(self.purchases)))
        self.balances[bought.user_id or 0] += bought.price
        return shopping.refunded(bought, when=self.now)

    def _any(self, cls: type[Event]) -> Event:
        """An event made up from its fields alone; those with a default are told now and then."""
        own = {
            name: self._value(field.annotation)
            for name, field in cls.model_fields.items()
            if name not in Event.model_fields
            and (field.is_required() or self.random.random() < 0.4)
        }
        who, source_id = self._who(), f"{self._id()}:{cls.event_type}"
        if issubclass(cls, LedgerEvent):
            amount = self.random.randint(0, 99)
            self.balances[who] += amount
            own["postings"] = [
                Posting(account=MINT, amount=-amount),
                Posting(account=wallet(who), amount=amount),
            ]
        channel, target = self.random.choice(CHANNELS), self.random.choice((None, self._who()))
        return self._event(cls, source_id, user_id=who, channel_id=channel, target_id=target, **own)

    def _value(self, kind: Any) -> Any:
        """A value that fits a field's type."""
        made: dict[Any, Callable[[], Any]] = {
            NoneType: lambda: None,
            bool: lambda: self.random.random() < 0.5,
            int: lambda: self.random.randint(1, 99),
            str: lambda: self.random.choice(NAMES),
            float: lambda: self.random.choice((0.5, -2.25, 1e300)),
            datetime: lambda: self.now,
            date: self.now.date,
        }
        if kind in made:
            return made[kind]()
        origin, options = get_origin(kind), get_args(kind)
        if origin is Literal:
            return self.random.choice(options)
        if origin in (Union, UnionType):
            return self._value(self.random.choice(options))
        if origin is dict:
            return {self._value(options[0]): self._value(options[1])}
        if origin in (list, set, frozenset):
            return origin(self._value(options[0]) for _ in range(self.random.randint(0, 3)))
        if origin is tuple:
            return tuple(self._value(option) for option in options if option is not ...)
        if hasattr(kind, "__metadata__"):
            return self._value(options[0])
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind(**{n: self._value(f.annotation) for n, f in kind.model_fields.items()})
        raise TypeError(f"teach tests/support/histories.py to make up a {kind}")


def history(guild_id: int, seed: int, length: int) -> list[Event]:
    """A guild's history of ``length`` events, the same for the same seed."""
    return Historian(guild_id, seed).tell(length)


def of_every_type(guild_id: int, seed: int = 1) -> Iterator[Event]:
    """At least one event of every type in the catalogue."""
    missing = set(event_types())
    historian = Historian(guild_id, seed)
    while missing:
        for event in historian.tell(50):
            missing.discard(event.event_type)
            yield event


__all__ = ["Historian", "history", "of_every_type"]
