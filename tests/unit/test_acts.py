"""Who gained and lost what, in words that fit an embed."""

from collections import Counter

import pytest

from bot.economy.acts import in_words
from events.currency import Coin
from events.decisions.currency import NO_OTHERS, Currencies
from events.ledger import COINS


def test_each_member_is_a_line_and_a_debt_is_called_one() -> None:
    moved = [
        (2001, Counter({"coins": -30, "debt:coins": 70})),
        (2002, Counter({"coins": 5, "debt:coins": -4})),
        (2003, Counter({"gems": 1_200, "item:axe": 2})),
    ]
    gem = Coin("gem", "gems", "\N{GEM STONE}", "gems", retired=True)
    assert in_words(moved, Currencies({**NO_OTHERS.known, "gems": gem})).splitlines() == [
        "<@2001> **\N{MINUS SIGN}30** \N{COIN}, owes **70** \N{COIN}",
        "<@2002> **+5** \N{COIN}, is let off **4** \N{COIN}",
        "<@2003> **+1,200** \N{GEM STONE}, **+2** item:axe",
    ]
    assert in_words([], NO_OTHERS) == "Nobody's."


@pytest.mark.parametrize(("amount", "emoji", "shown"), [(5, "o", 12), (10**12, "<:c:" * 9, 5)])
def test_many_members_are_cut_to_what_fits_a_field(amount: int, emoji: str, shown: int) -> None:
    moved = [(10**18 + n, Counter({"coins": -amount, "debt:coins": amount})) for n in range(400)]
    words = in_words(moved, Currencies({COINS: Coin(emoji=emoji)}))
    *lines, rest = words.splitlines()
    assert len(words) <= 1024
    assert len(lines) >= shown
    assert rest == f"and {400 - len(lines)} members more"
