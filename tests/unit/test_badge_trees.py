"""How a tree of badges is drawn."""

from typing import Any

from bot.commands.badge import PAGE
from bot.recognition.badges import listed, shown, tree
from tests.support.facts import at


def row(
    award: int, user: int, depth: int, parent: int | None = None, **more: Any
) -> dict[str, Any]:
    fields = {"awarded_by": 2099, "revoked_at": None, "earned_at": at(0)}
    return {"award": award, "user_id": user, "depth": depth, "parent": parent} | fields | more


def test_each_award_hangs_below_the_one_it_comes_from() -> None:
    lines = tree(
        [
            row(1, 2001, 0),
            row(2, 2002, 1, parent=1),
            row(4, 2004, 2, parent=2),
            row(5, 2005, 2, parent=2, revoked_at=at(9)),
            row(3, 2003, 1, parent=1),
            row(7, 2007, 2, parent=3),
            row(6, 2006, 0, awarded_by=None),
        ],
        marked=2003,
    )
    assert [line.split(" <t:")[0] for line in lines] == [
        "<@2001> from <@2099>",
        "`\u251c\u2500` <@2002>",
        "`\u2502 \u251c\u2500` <@2004>",
        "`\u2502 \u2514\u2500` ~~<@2005>~~",
        "`\u2514\u2500` **<@2003>**",
        "`  \u2514\u2500` <@2007>",
        "<@2006>",
    ]
    assert lines[3].endswith("`#5`")


def test_a_deep_tree_fits_a_page_and_says_how_deep_it_is() -> None:
    who = 1456074443980800040
    chain = [row(n, who + n, n - 1, parent=n - 1 or None) for n in range(1, 1000)]
    lines = tree(chain)
    assert lines[500].startswith("`489 \u00b7 " + " " * 20 + "\u2514\u2500` <@")
    assert lines[11].startswith("`" + " " * 20 + "\u2514\u2500` <@")
    assert lines[12].startswith("`1 \u00b7 ")
    assert sum(len(line) + 1 for line in lines[-PAGE:]) < 4096


def test_a_field_full_of_badges_says_how_many_more_there_are() -> None:
    names = [f"badge number {n:03}" for n in range(100)]
    text = listed(names)
    assert text.startswith("badge number 099 \N{MIDDLE DOT} badge number 098")
    assert len(text) < 1024 and text.endswith(" more")
    told = text.count("badge")
    assert text.endswith(f" and {100 - told} more")
    assert listed(names[:2]) == "badge number 001 \N{MIDDLE DOT} badge number 000"


def test_a_badge_is_called_what_the_guild_calls_it() -> None:
    assert shown("level-5", "High *five*", "") == "High \\*five\\*"
    assert shown("level-5", None, None) == "\N{SPORTS MEDAL} Level 5"
    assert shown("season-3", None, None) == "\N{SPORTS MEDAL} Season 3"
