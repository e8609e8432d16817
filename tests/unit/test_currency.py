"""Which currencies a guild has: as its admins chose last, in every amount."""

from dataclasses import replace

import pytest

from events.currency import COIN, Coin, CurrencyNamed
from events.decisions.asked import Asked
from events.decisions.currency import (
    MAX_CURRENCIES,
    NO_OTHERS,
    Currencies,
    declare,
    name_currency,
    retire,
)
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from projections.engine.rules import Rules
from tests.support.facts import GUILD, at

ADMIN = 2099
ASKED = Asked(GUILD, snowflake_at(at(30), 7), ADMIN, 3001)
SHELL = Coin("shell", "shells", "\N{SPIRAL SHELL}")
GEM = Coin("gem", "precious gems", "\N{GEM STONE}", "gems")


def among(*named: CurrencyNamed) -> Currencies:
    return Rules.of(named).currencies


def named(wanted: Coin, known: Currencies = NO_OTHERS) -> CurrencyNamed:
    return name_currency(ASKED, wanted, among=known)


def test_the_newest_name_is_in_force_and_counts_how_often_there_was_one() -> None:
    assert (Rules().coin, Rules().currencies.revision("coins")) == (COIN, 0)
    first = named(SHELL)
    back = named(COIN, among(first))
    assert (first.source_id, back.source_id) == ("rule:currency:coins:1", "rule:currency:coins:2")
    assert (first.user_id, first.interaction_id) == (ADMIN, ASKED.interaction_id)
    assert Rules.of([first]).coin == SHELL
    assert (Rules.of([first, back]).coin, among(first, back).revision("coins")) == (COIN, 2)


def test_another_currency_is_declared_retired_and_brought_back() -> None:
    first = declare(ASKED, GEM, among=NO_OTHERS)
    known = among(first)
    assert (first.source_id, first.revision) == ("rule:currency:gems:1", 1)
    assert known.in_use == [COIN, GEM] and Rules.of([first]).coin == COIN
    gone = retire(ASKED, "gems", among=known)
    after = known.after(gone)
    assert (gone.source_id, gone.interaction_id) == ("rule:currency:gems:2", ASKED.interaction_id)
    assert after.in_use == [COIN] and after.of("gems") == replace(GEM, retired=True)
    back = declare(ASKED, replace(GEM, emoji="\N{COOKIE}"), among=after)
    assert back.source_id == "rule:currency:gems:3"
    assert after.after(back).in_use == [COIN, back.coin]


def test_what_a_member_means_by_a_name() -> None:
    known = among(declare(ASKED, GEM, among=NO_OTHERS))
    assert [known.meant(text) for text in (None, "coins", " GEMS", "gem", "Precious gems")] == [
        COIN,
        COIN,
        GEM,
        GEM,
        GEM,
    ]
    with pytest.raises(Refused, match=r"no currency of that name. It has: coins, precious gems\."):
        known.meant("pearls")
    after = known.after(retire(ASKED, "gems", among=known))
    assert after.meant("gems").retired
    with pytest.raises(Refused, match=r"retired its precious gems.*traded away"):
        after.usable("gems")
    assert after.usable(None) == COIN
    assert after.of("item:axe").emoji == "item:axe"


def test_one_that_came_back_under_another_name_is_not_taken_for_one_that_was_retired() -> None:
    known = Currencies({"a": replace(GEM, currency="a", retired=True), "b": replace(GEM)})
    assert known.meant("gem") == GEM


@pytest.mark.parametrize(
    "currency", ["", "G", "item:x", "debt:coins", "9s", "a" * 13, "gems-", "a b"]
)
def test_what_is_no_id(currency: str) -> None:
    with pytest.raises(Refused, match="at most 12 of them"):
        declare(ASKED, replace(GEM, currency=currency), among=NO_OTHERS)


def test_what_cannot_be_declared() -> None:
    known = among(declare(ASKED, GEM, among=NO_OTHERS))
    with pytest.raises(Refused, match="with that id already"):
        declare(ASKED, GEM, among=known)
    for other in (
        Coin("pearl", "Gem", "\N{OYSTER}", "pearls"),
        Coin("gems", "pearls", "\N{OYSTER}", "pearls"),
        Coin("pearl", "pearls", "\N{OYSTER}", "gem"),
    ):
        with pytest.raises(Refused, match="precious gems are called that already"):
            declare(ASKED, other, among=known)
    with pytest.raises(Refused, match="precious gems are shown with that already"):
        declare(ASKED, Coin("pearl", "pearls", GEM.emoji, "pearls"), among=known)
    with pytest.raises(Refused, match="coins are called that already"):
        declare(ASKED, Coin("coin", "pearls", "\N{OYSTER}", "pearls"), among=known)
    full = Currencies({f"c{n}": Coin(f"x{n}", f"y{n}", f"{n}", f"c{n}") for n in range(10)})
    assert len(full.in_use) == MAX_CURRENCIES
    with pytest.raises(Refused, match="at most 10 currencies"):
        declare(ASKED, GEM, among=full)


def test_what_cannot_be_retired_or_named() -> None:
    known = among(declare(ASKED, GEM, among=NO_OTHERS))
    with pytest.raises(Refused, match="keeps its first currency"):
        retire(ASKED, "coins", among=known)
    after = known.after(retire(ASKED, "gems", among=known))
    with pytest.raises(Refused, match="retired already"):
        retire(ASKED, "gems", among=after)
    with pytest.raises(Refused, match="has retired its precious gems"):
        name_currency(ASKED, replace(GEM, name="ruby"), among=after)


def test_what_somebody_else_changed_meanwhile_is_refused() -> None:
    known = among(declare(ASKED, GEM, among=NO_OTHERS, based_on=0))
    ruby = replace(GEM, name="ruby")
    assert name_currency(ASKED, ruby, among=known, based_on=1).revision == 2
    for stale in (
        lambda: declare(ASKED, GEM, among=known, based_on=0),
        lambda: name_currency(ASKED, ruby, among=known, based_on=0),
        lambda: retire(ASKED, "gems", among=known, based_on=2),
    ):
        with pytest.raises(Refused, match="changed that currency since you looked"):
            stale()


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
        "$",
        "\N{EURO SIGN}",
        "<a:shell_2:123456789012345678>",
        "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}",
    ],
)
def test_emoji_of_every_make(emoji: str) -> None:
    wanted = Coin("shell", "shells", emoji)
    assert named(wanted).emoji == emoji


@pytest.mark.parametrize(
    "emoji",
    [
        "",
        "coin",
        ":coin:",
        "\u00e9",
        "$$",
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
        named(Coin("shell", "shells", emoji))


@pytest.mark.parametrize("name", ["", " ", "a" * 33, "**bold**", "@everyone", "a\nb", "<#5>", "-x"])
def test_what_is_no_name(name: str) -> None:
    for wanted in (Coin(name, "shells", "\N{COIN}"), Coin("shell", name, "\N{COIN}")):
        with pytest.raises(Refused, match="A name has 1 to 32 letters"):
            named(wanted)


def test_names_in_any_script() -> None:
    for name in ("x", "gold coin", "St. Peter's", "M\u00fcnze", "\u91d1\u8ca8"):
        assert named(Coin(name, name, "\N{COIN}"))


def test_no_change_is_refused() -> None:
    with pytest.raises(Refused, match="called and shown already"):
        named(SHELL, among(named(SHELL)))
