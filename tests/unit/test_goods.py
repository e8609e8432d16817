"""What members may write for coins and things, and how these are shown."""

import pytest

from bot.economy.goods import MAX_NAME, Names
from bot.economy.things import Things
from events.currency import Coin
from events.decisions.currency import Currencies
from events.decisions.effects import Thing
from events.engine.errors import Refused

KNOWN = {
    "sword": Thing("sword", "Iron sword", None),
    "blade": Thing("blade", "sword", None),
    "coins": Thing("coins", "Chocolate coins", None),
    "long": Thing("long", "x" * 200, None),
}
OWN = {
    "coins": Coin("gem", "gems", "\N{GEM STONE}"),
    "shells": Coin("shell", "sea shells", "\N{SPIRAL SHELL}", "shells"),
    "dust": Coin("grain", "dust", "\N{SPARKLES}", "dust", retired=True),
}
NAMES = Names(Currencies(OWN), Things(KNOWN, {}))
HAS = {"coins": 1500, "shells": 4, "item:blade": 1, "item:sword": 2, "item:coins": 3}


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("gems", "coins"),
        ("COINS ", "coins"),
        ("item:coins", "item:coins"),
        ("chocolate coins", "item:coins"),
        ("IRON SWORD", "item:sword"),
        ("sword", "item:sword"),
        ("item:sword", "item:sword"),
        ("blade", "item:blade"),
        ("shells", "shells"),
        ("Sea shells", "shells"),
    ],
)
def test_an_id_goes_before_a_name_and_the_guilds_money_before_things(
    text: str, currency: str
) -> None:
    assert NAMES.known(text) == currency
    assert NAMES.called(text, HAS) == currency


def test_what_is_not_there_is_told_apart_from_what_is_not_known() -> None:
    with pytest.raises(Refused, match=r"You carry: gems, sword\."):
        NAMES.called("iron sword", {"coins": 1, "item:blade": 1})
    with pytest.raises(Refused, match=r"You carry: nothing yet\."):
        NAMES.called("gems", {})
    with pytest.raises(Refused, match="knows no such thing"):
        NAMES.known("unicorn")


def test_what_was_retired_can_be_put_up_but_not_asked_for() -> None:
    assert NAMES.called("dust", {"dust": 3}) == "dust"
    with pytest.raises(Refused, match=r"has retired its dust"):
        NAMES.known("dust")


def test_coins_come_first_and_a_long_name_is_cut() -> None:
    shown = NAMES.listed({"item:sword": 2, "shells": 7, "coins": 1500}).splitlines()
    assert shown[:2] == ["**1,500** \N{GEM STONE}", "**7** \N{SPIRAL SHELL}"]
    assert shown[2:] == ["**2 \N{MULTIPLICATION SIGN}** Iron sword"]
    assert NAMES.title("item:long") == "x" * MAX_NAME
    assert NAMES.title("item:gone") == "gone"
