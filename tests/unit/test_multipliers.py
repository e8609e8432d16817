"""May a multiplier be set, a channel be grouped, a place be without points?"""

from typing import Any

import pytest

from events.decisions import multipliers as deciding
from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.multipliers import ANY, ChannelGrouped, MultiplierSet
from projections.engine.rules import Rules
from tests.support.facts import START, grouped, multiplier

ASKED = Asked(1001, snowflake_at(START), 2099, 3009)
SOURCES = ("message", "voice")


def multiply(source: str, percent: int | None, newest: Any = None, **more: int) -> MultiplierSet:
    return deciding.set_multiplier(
        ASKED,
        "role:61",
        source,
        percent,
        newest,
        sources=SOURCES,
        in_force=more.get("in_force", 0),
    )


def test_a_multiplier_is_a_rule_with_a_revision() -> None:
    first = multiply("voice", 150)
    assert (first.source_id, first.user_id) == ("rule:multiplier:role:61:voice:1", 2099)
    assert (first.what, first.source, first.percent, first.previous) == (
        "role:61",
        "voice",
        150,
        None,
    )
    again = multiply("voice", None, first)
    assert (again.source_id[-2:], again.percent, again.previous) == (":2", None, 150)


@pytest.mark.parametrize(
    ("source", "percent", "newest", "in_force", "words"),
    [
        ("dancing", 150, None, 0, "no source called 'dancing'"),
        ("voice", 1001, None, 0, "from 0 to 1000"),
        ("voice", -1, None, 0, "from 0 to 1000"),
        (ANY, None, None, 0, "counts as usual already"),
        (ANY, 150, multiplier("role:61", ANY, 150), 0, "counts 150 % already"),
        (ANY, 150, None, 200, "the most there can be"),
    ],
)
def test_what_makes_no_sense_is_refused(
    source: str, percent: int | None, newest: Any, in_force: int, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        multiply(source, percent, newest, in_force=in_force)


def group(name: str | None, newest: Any = None, *, others: int = 0) -> ChannelGrouped:
    return deciding.group_channel(ASKED, 3001, name, newest, grouped=others)


def test_a_channel_goes_into_a_group_and_back() -> None:
    first = group("Fine  Arts")
    assert (first.source_id, first.channel_id) == ("rule:channel_group:3001:1", 3001)
    assert (first.group, first.previous) == ("Fine-Arts", None)
    back = group(None, first)
    assert (back.source_id, back.group, back.previous) == (
        "rule:channel_group:3001:2",
        None,
        "Fine-Arts",
    )


@pytest.mark.parametrize(
    ("name", "newest", "others", "words"),
    [
        ("a:b", None, 0, "1 to 24 letters"),
        ("", None, 0, "1 to 24 letters"),
        ("x" * 25, None, 0, "1 to 24 letters"),
        (None, None, 0, "of its category already"),
        ("Art", grouped(3001, "Art"), 0, "in Art already"),
        ("Art", None, 500, "the most there can be"),
    ],
)
def test_what_cannot_be_a_group_is_refused(
    name: str | None, newest: Any, others: int, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        group(name, newest, others=others)


def test_a_list_gains_and_loses_one() -> None:
    assert deciding.listed("", 7, on=True) == "7"
    assert deciding.listed("9,11", 7, on=True) == "7,9,11"
    assert deciding.listed("7,9,11", 9, on=False) == "7,11"
    for value, one, on, words in (
        ("7", 7, True, "That is on the list already"),
        ("7", 8, False, "That is not on the list already"),
        (",".join(map(str, range(100, 125))), 7, True, "the most there can be"),
    ):
        with pytest.raises(Refused, match=words):
            deciding.listed(value, one, on=on)


def test_the_newest_word_holds_and_the_history_is_known() -> None:
    rules = Rules.of(
        [
            multiplier("role:61", ANY, 150),
            multiplier("role:61", ANY, None, revision=2),
            grouped(3001, "Art"),
            grouped(3001, "Music", revision=2),
        ]
    )
    assert rules.places.percent("role:61", "voice") == 100
    assert rules.places.multipliers["role:61", ANY].revision == 2
    assert rules.places.group_of((3777, 3001), 41) == "group:Music"
    assert rules.places.group_of((3002, None), 41) == "category:41"
    assert rules.places.group_of((3002,), None) is None
