"""Which currencies a guild has, and whether one may be declared, named, retired or used."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from events.currency import COIN, Coin, CurrencyChanged, CurrencyNamed, CurrencyRetired
from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.ledger import COINS

MAX_CURRENCIES: Final = 10
"""Those that are in use, the coins included."""
_ID: Final = re.compile(r"[a-z](?:[a-z0-9-]{0,10}[a-z0-9])?")
"""Short, for it has to fit into a button beside much else."""
_NAME: Final = re.compile(r"\w(?:[\w '.-]{0,30}[\w.])?")
_CUSTOM: Final = re.compile(r"<a?:\w{2,32}:[0-9]{15,20}>")
_LONGEST_EMOJI: Final = 16
"""Characters: a family with skin tones has eleven."""
_SYMBOLS: Final = {"So", "Sk", "Sm", "Mn", "Me"}
_JOINS: Final = {"\N{ZERO WIDTH JOINER}", *"#*0123456789", *map(chr, range(0xE0020, 0xE0080))}
"""What emoji are put together with: families, keycaps, and the flags of lands."""


@dataclass(frozen=True, slots=True)
class Currencies:
    """The currencies that a guild has or had, by id, in the order in which they were declared, and
    how often each was changed."""

    known: Mapping[str, Coin] = field(default_factory=lambda: {COINS: COIN})
    revisions: Mapping[str, int] = field(default_factory=dict)

    def after(self, event: CurrencyChanged) -> "Currencies":
        """What they are once ``event`` has happened."""
        known = dict(self.known)
        if isinstance(event, CurrencyNamed):
            known[event.currency] = event.coin
        elif event.currency in known:
            known[event.currency] = replace(known[event.currency], retired=True)
        return Currencies(known, {**self.revisions, event.currency: event.revision})

    @property
    def in_use(self) -> list[Coin]:
        """Those that are not retired."""
        return [coin for coin in self.known.values() if not coin.retired]

    def of(self, currency: str) -> Coin:
        """How ``currency`` is shown; one that was never declared goes by its id."""
        return self.known.get(currency) or Coin(currency, currency, currency, currency)

    def by_id(self, currency: str) -> Coin:
        """The currency with this id, which may be retired. Raises Refused for what is none."""
        if currency not in self.known:
            raise Refused(f"This server has no currency of that name. {self._has}")
        return self.known[currency]

    @property
    def _has(self) -> str:
        return f"It has: {', '.join(coin.plural for coin in self.in_use)}."

    def revision(self, currency: str) -> int:
        """How often ``currency`` was changed so far."""
        return self.revisions.get(currency, 0)

    def meant(self, text: str | None) -> Coin:
        """The currency that a member names, by id or name; the coins if they name none. It may be
        retired. Raises Refused when the guild never had it."""
        if text is None:
            return self.known[COINS]
        typed = text.strip().lower()
        named = [c for c in self.known.values() if typed in (c.name.lower(), c.plural.lower())]
        found = self.known.get(typed) or next(iter(sorted(named, key=lambda c: c.retired)), None)
        if found is None:
            raise Refused(f"This server has no currency of that name. {self._has}")
        return found

    def usable(self, text: str | None) -> Coin:
        """The same for what only a currency in use is good for. Raises Refused for the others."""
        coin = self.meant(text)
        check_in_use(coin)
        return coin


NO_OTHERS: Final = Currencies()
"""A guild that has the coins alone, as they come."""


def check_in_use(coin: Coin) -> None:
    """Raises Refused for a currency that was retired."""
    if coin.retired:
        raise Refused(
            f"This server has retired its {coin.plural}, so none are given out or paid any more. "
            "What you have of them can still be traded away."
        )


def declare(
    asked: Asked, wanted: Coin, *, among: Currencies, based_on: int | None = None
) -> CurrencyNamed:
    """The admin ``asked.user_id`` gives the guild, which has those ``among``, another currency, or
    one back that was retired. ``based_on`` is its revision when they looked, if they did.

    Raises Refused for what cannot be one, and for one too many.
    """
    known = among.known.get(wanted.currency)
    if not _ID.fullmatch(wanted.currency):
        raise Refused(
            "A currency's id begins with a letter and is made of lower-case letters, digits and "
            "hyphens, at most 12 of them, like `gems`."
        )
    _check_revision(wanted.currency, among, based_on)
    if known is not None and not known.retired:
        raise Refused("There is a currency with that id already. Change it with /currency name.")
    if len(among.in_use) >= MAX_CURRENCIES:
        raise Refused(f"A server has at most {MAX_CURRENCIES} currencies. Retire one first.")
    return _named(asked, wanted, among)


def name_currency(
    asked: Asked, wanted: Coin, *, among: Currencies, based_on: int | None = None
) -> CurrencyNamed:
    """The admin ``asked.user_id`` has one of the currencies ``among`` called and shown as
    ``wanted``. Raises Refused for what cannot be shown, or for no change."""
    _check_revision(wanted.currency, among, based_on)
    check_in_use(among.of(wanted.currency))
    if wanted == among.of(wanted.currency):
        raise Refused(f"That is how the {wanted.plural} are called and shown already.")
    return _named(asked, wanted, among)


def retire(
    asked: Asked, currency: str, *, among: Currencies, based_on: int | None = None
) -> CurrencyRetired:
    """The admin ``asked.user_id`` has no more of ``currency`` given out. Raises Refused for the
    coins, and when that is so already."""
    _check_revision(currency, among, based_on)
    if currency == COINS:
        raise Refused(
            "Every server keeps its first currency: wages and banks are in it. "
            "Call it something else with /currency name."
        )
    if among.of(currency).retired:
        raise Refused("That currency is retired already. /currency declare brings it back.")
    return CurrencyRetired(
        **asked.envelope,
        source_id=key(currency, among.revision(currency) + 1),
        currency=currency,
        revision=among.revision(currency) + 1,
        interaction_id=asked.interaction_id,
    )


def key(currency: str, revision: int) -> str:
    """The source id of a currency's change."""
    return f"rule:currency:{currency}:{revision}"


def _named(asked: Asked, wanted: Coin, among: Currencies) -> CurrencyNamed:
    _check_look(wanted)
    _check_distinct(wanted, among)
    revision = among.revision(wanted.currency) + 1
    return CurrencyNamed(
        **asked.envelope,
        source_id=key(wanted.currency, revision),
        currency=wanted.currency,
        name=wanted.name,
        plural=wanted.plural,
        emoji=wanted.emoji,
        revision=revision,
        interaction_id=asked.interaction_id,
    )


def _check_revision(currency: str, among: Currencies, based_on: int | None) -> None:
    if based_on is not None and based_on != among.revision(currency):
        raise Refused("Somebody has changed that currency since you looked. Ask once more.")


def _check_look(wanted: Coin) -> None:
    for name in (wanted.name, wanted.plural):
        if not _NAME.fullmatch(name):
            raise Refused(
                "A name has 1 to 32 letters, digits, spaces, dots, dashes or apostrophes, "
                'like "gold coin". Pick another one.'
            )
    if not _is_emoji(wanted.emoji):
        raise Refused(
            "Give one emoji: an ordinary one, one of this server's own, or a sign like $."
        )


def _check_distinct(wanted: Coin, among: Currencies) -> None:
    """No two currencies may answer to one name."""
    own = _answers_to(wanted)
    others = [coin for coin in among.known.values() if coin.currency != wanted.currency]
    for other in others:
        if own & _answers_to(other):
            raise Refused(f"The {other.plural} are called that already. Pick another name.")
        if other.emoji == wanted.emoji and not other.retired:
            raise Refused(f"The {other.plural} are shown with that already. Pick another emoji.")


def _answers_to(coin: Coin) -> set[str]:
    return {coin.currency, coin.name.lower(), coin.plural.lower()}


def _is_emoji(text: str) -> bool:
    """Whether this may stand as a symbol: one of a server's own, the sign of a currency, or a few
    characters that are no words (what Discord draws as an emoji changes every year, so there is no
    list)."""
    if _CUSTOM.fullmatch(text) or (len(text) == 1 and unicodedata.category(text) == "Sc"):
        return True
    symbols = [unicodedata.category(c) in _SYMBOLS for c in text]
    if len(text) > _LONGEST_EMOJI or text.isascii() or not any(symbols):
        return False
    return all(ok or c in _JOINS for c, ok in zip(text, symbols, strict=True))
