"""Loot tables: what a crate may hold, what it is worth on average, what a roll finds in it.

A table is declared as ``60=coins*50,30=$gems*2,10=freeze-token*1`` (per cent, what, how many; a
currency beside the coins has a ``$`` before its id), or by the name of one of those that are
shipped. The per cents add up to exactly 100, so that what a member is shown is what is drawn.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from events.effects import Loot
from events.engine.errors import Refused
from events.ledger import COINS, ITEM_PREFIX, MAX_AMOUNT, item

WHOLE = 100
MAX_LINES = 12
MAX_ITEM_ID = 32
MAX_DIGITS = 19
MONEY = "$"
"""Before the id of a currency that is not the coins."""

EXAMPLE = "60=coins*50,30=coins*200,10=freeze-token*1"

SHIPPED: Mapping[str, str] = MappingProxyType(
    {
        "wooden": "50=coins*50,30=coins*150,15=coins*400,5=star-boost*1",
        "silver": "45=coins*250,30=coins*700,15=coins*1500,9=star-boost*1,1=coins*10000",
        "golden": "40=coins*1000,35=coins*3000,18=coins*7000,5=star-boost*3,2=coins*20000",
    }
)
"""Tables by name; ``PRICES`` says what a crate with one of them should cost at least."""

PRICES: Mapping[str, int] = MappingProxyType({"wooden": 250, "silver": 1_200, "golden": 5_500})
"""Coins for a crate with a shipped table: more than what is in it is worth on average. None of them
holds a freeze token: one can save a streak that is worth far more than any crate costs."""


def table(declared: str) -> tuple[Loot, ...]:
    """The loot table of this name or text. Raises Refused with what is wrong with it."""
    text = SHIPPED.get(declared, declared)
    if "=" not in text:
        names = ", ".join(SHIPPED)
        raise Refused(f"There is no loot table '{declared}'. Use {names}, or write {EXAMPLE}.")
    lines = text.split(",")
    if len(lines) > MAX_LINES:
        raise Refused(f"A loot table has at most {MAX_LINES} lines; this one has {len(lines)}.")
    loot = tuple(map(_line, lines))
    total = sum(one.percent for one in loot)
    if total != WHOLE:
        raise Refused(f"The per cents of a loot table add up to 100; these make {total}.")
    return loot


def _line(text: str) -> Loot:
    percent, _, rest = text.strip().partition("=")
    what, _, amount = rest.partition("*")
    if not (is_number(percent) and is_number(amount) and is_item_id(what.removeprefix(MONEY))):
        raise Refused(
            f"'{text.strip()}' is no line of a loot table. Write per cent, what and how many, "
            f"as in {EXAMPLE}."
        )
    if not (1 <= int(percent) <= WHOLE and 1 <= int(amount) <= MAX_AMOUNT):
        raise Refused(f"'{text.strip()}': 1 to 100 per cent, and an amount of 1 to {MAX_AMOUNT:,}.")
    return Loot(percent=int(percent), currency=_currency(what), amount=int(amount))


def _currency(what: str) -> str:
    if what == COINS or what.startswith(MONEY):
        return what.removeprefix(MONEY)
    return item(what)


def money_in(loot: Iterable[Loot]) -> list[str]:
    """The currencies that may be found, things left out."""
    return [one.currency for one in loot if not one.currency.startswith(ITEM_PREFIX)]


def is_number(text: str) -> bool:
    """Whether this is a whole number of a sensible length."""
    return text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS


def is_item_id(text: str) -> bool:
    """Whether this can be the id of a thing: lower-case letters, digits and hyphens."""
    return (
        0 < len(text) <= MAX_ITEM_ID
        and text.isascii()
        and text.replace("-", "").isalnum()
        and text == text.lower()
    )


def found(loot: Sequence[Loot], roll: int) -> Loot:
    """What a roll from 0 to 99 finds."""
    for one in loot:
        if roll < one.percent:
            return one
        roll -= one.percent
    raise ValueError("a roll is from 0 to 99")


def expected_value(loot: Sequence[Loot], worth: Mapping[str, int]) -> Fraction:
    """What is in it on average, in coins; ``worth`` tells the price of things by their id, and a
    thing without one, or another currency, counts as nothing."""
    return sum(
        (Fraction(one.percent * one.amount * _worth(one, worth), WHOLE) for one in loot),
        start=Fraction(0),
    )


def _worth(one: Loot, worth: Mapping[str, int]) -> int:
    if one.currency == COINS:
        return 1
    is_thing = one.currency.startswith(ITEM_PREFIX)
    return worth.get(one.currency.removeprefix(ITEM_PREFIX), 0) if is_thing else 0
