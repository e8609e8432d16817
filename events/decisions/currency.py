"""May the guild's coins be called so?"""

import re
import unicodedata
from typing import Final

from events.currency import Coin, CurrencyNamed
from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.ledger import COINS

_NAME: Final = re.compile(r"\w(?:[\w '.-]{0,30}[\w.])?")
_CUSTOM: Final = re.compile(r"<a?:\w{2,32}:[0-9]{15,20}>")
_LONGEST_EMOJI: Final = 16
"""Characters: a family with skin tones has eleven."""
_SYMBOLS: Final = {"So", "Sk", "Sm", "Mn", "Me"}
_JOINS: Final = {"\N{ZERO WIDTH JOINER}", *"#*0123456789", *map(chr, range(0xE0020, 0xE0080))}
"""What emoji are put together with: families, keycaps, and the flags of lands."""


def name_currency(asked: Asked, wanted: Coin, *, current: Coin, revision: int) -> CurrencyNamed:
    """The admin ``asked.user_id`` calls the coins ``wanted``; they are ``current`` now and were
    named ``revision`` times so far. Raises Refused for what cannot be shown, or for no change."""
    for name in (wanted.name, wanted.plural):
        if not _NAME.fullmatch(name):
            raise Refused(
                "A name has 1 to 32 letters, digits, spaces, dots, dashes or apostrophes, "
                'like "gold coin". Pick another one.'
            )
    if not _is_emoji(wanted.emoji):
        raise Refused("Give one emoji: an ordinary one, or one of this server's own.")
    if wanted == current:
        raise Refused("That is how the coins are called and shown already.")
    return CurrencyNamed(
        **asked.envelope,
        source_id=f"rule:currency:{COINS}:{revision + 1}",
        currency=COINS,
        name=wanted.name,
        plural=wanted.plural,
        emoji=wanted.emoji,
        revision=revision + 1,
        interaction_id=asked.interaction_id,
    )


def _is_emoji(text: str) -> bool:
    """Whether this may stand as a symbol: one of a server's own, or a few characters that are no
    words (what Discord draws as an emoji changes every year, so there is no list)."""
    if _CUSTOM.fullmatch(text):
        return True
    symbols = [unicodedata.category(c) in _SYMBOLS for c in text]
    if len(text) > _LONGEST_EMOJI or text.isascii() or not any(symbols):
        return False
    return all(ok or c in _JOINS for c, ok in zip(text, symbols, strict=True))
