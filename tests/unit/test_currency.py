"""What a guild calls its coins: as its admins chose last, in every amount."""

import pytest

from events.currency import COIN, Coin
from events.decisions.asked import Asked
from events.decisions.currency import name_currency
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from projections.engine.rules import Rules
from tests.support.facts import GUILD, at

ADMIN = 2099
ASKED = Asked(GUILD, snowflake_at(at(30), 7), ADMIN, 3001)
SHELL = Coin("shell", "shells", "\N{SPIRAL SHELL}")


def test_the_newest_name_is_in_force_and_counts_how_often_there_was_one() -> None:
    assert (Rules().coin, Rules().coin_revision) == (COIN, 0)
    first = name_currency(ASKED, SHELL, current=COIN, revision=0)
    back = name_currency(ASKED, COIN, current=SHELL, revision=1)
    gems = first.model_copy(update={"currency": "gems", "revision": 8})
    assert (first.source_id, back.source_id) == ("rule:currency:coins:1", "rule:currency:coins:2")
    assert (first.user_id, first.interaction_id) == (ADMIN, ASKED.interaction_id)
    assert (Rules.of([first]).coin, Rules.of([first]).coin_revision) == (SHELL, 1)
    assert (Rules.of([first, back]).coin, Rules.of([first, back]).coin_revision) == (COIN, 2)
    assert Rules.of([first, gems]).coin == SHELL


def test_one_and_several() -> None:
    assert [SHELL.words(n) for n in (0, 1, 1234)] == ["0 shells", "1 shell", "1,234 shells"]
    assert SHELL.title == "Shells"


@pytest.mark.parametrize(
    "emoji",
    [
        "\N{COIN}",
        "\N{SNOWMAN WITHOUT SNOW}\N{VARIATION SELECTOR-16}",
        "7\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",
        "<:shell:123456789012345678>",
        "<a:shell_2:123456789012345678>",
        "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}",
    ],
)
def test_emoji_of_every_make(emoji: str) -> None:
    wanted = Coin("shell", "shells", emoji)
    assert name_currency(ASKED, wanted, current=COIN, revision=0).emoji == emoji


@pytest.mark.parametrize(
    "emoji",
    [
        "",
        "coin",
        ":coin:",
        "\u00e9",
        "$",
        "<@123456789012345678>",
        "\N{COIN}" * 17,
        "7",
        "\N{COIN}x",
        "\N{COIN}\n",
        "\N{RIGHT-TO-LEFT OVERRIDE}\N{COIN}",
        "\u4e2d",
    ],
)
def test_what_is_no_emoji(emoji: str) -> None:
    with pytest.raises(Refused, match="Give one emoji"):
        name_currency(ASKED, Coin("shell", "shells", emoji), current=COIN, revision=0)


@pytest.mark.parametrize("name", ["", " ", "a" * 33, "**bold**", "@everyone", "a\nb", "<#5>", "-x"])
def test_what_is_no_name(name: str) -> None:
    for wanted in (Coin(name, "shells", "\N{COIN}"), Coin("shell", name, "\N{COIN}")):
        with pytest.raises(Refused, match="A name has 1 to 32 letters"):
            name_currency(ASKED, wanted, current=COIN, revision=0)


def test_names_in_any_script() -> None:
    for name in ("x", "gold coin", "St. Peter's", "M\u00fcnze", "\u91d1\u8ca8"):
        assert name_currency(ASKED, Coin(name, name, "\N{COIN}"), current=COIN, revision=0)


def test_no_change_is_refused() -> None:
    with pytest.raises(Refused, match="called and shown already"):
        name_currency(ASKED, SHELL, current=SHELL, revision=3)
