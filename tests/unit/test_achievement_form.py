"""The form: what was written is a template, or a sentence that says what to write instead."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.recognition import achievement_form
from events.decisions.achievements import Template, define
from events.decisions.asked import Asked
from events.decisions.goals import GOALS
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from tests.support.facts import GUILD, at

ASKED = Asked(GUILD, snowflake_at(at(30), 7), 2099, 3001)
BLANK = Template("talker", "", "custom", 1)
GOOD = {
    "name": "Talker",
    "description": "Talks.",
    "goal": "messages 1,000",
    "reward": "50 XP, 20 coins",
    "more": "emoji: \N{TROPHY}\nscope: season\nrarity: rare\nseries: talk\ntier: 2\n"
    "image: https://example.org/a.png\nchannel: <#1456074443980800037>",
}


def test_what_is_written_is_what_is_offered() -> None:
    assert achievement_form.read(BLANK, GOOD) == Template(
        "talker",
        "Talker",
        "messages",
        1_000,
        description="Talks.",
        emoji="\N{TROPHY}",
        scope="season",
        rarity="rare",
        series="talk",
        tier=2,
        xp=50,
        coins=20,
        image_url="https://example.org/a.png",
        announce_channel_id=1456074443980800037,
    )


def test_an_untouched_form_changes_nothing() -> None:
    one = achievement_form.read(BLANK, GOOD)
    for template in (one, replace(one, series=None, tier=1, image_url=None, emoji="", xp=0)):
        shown = {
            "name": template.name,
            "description": template.description,
            "goal": f"{template.goal} {template.threshold}",
            "reward": f"{template.xp} XP, {template.coins} coins",
            "more": achievement_form.details(template),
        }
        assert achievement_form.read(template, shown) == template


def test_a_line_that_is_left_out_stays_as_it_was_and_none_clears() -> None:
    one = achievement_form.read(BLANK, GOOD)
    assert achievement_form.read(one, GOOD | {"more": ""}) == one
    cleared = achievement_form.read(
        one, GOOD | {"more": "series: none\ntier: -\nimage: none\nchannel:\nemoji: none"}
    )
    assert (cleared.series, cleared.tier, cleared.image_url) == (None, 1, None)
    assert (cleared.announce_channel_id, cleared.emoji) == (None, "")


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("goal", "", "a word and a number"),
        ("goal", "messages", "How much"),
        ("goal", "100", "a word and a number"),
        ("goal", "mesages 100", "a word and a number"),
        ("goal", "messages many", "The goal needs a whole number"),
        ("goal", "messages -5", "The goal needs a whole number"),
        ("goal", "messages 1.5", "The goal needs a whole number"),
        ("goal", "messages 1e9", "The goal needs a whole number"),
        ("goal", "messages " + "9" * 40, "The goal needs a whole number"),
        ("goal", "messages \N{ARABIC-INDIC DIGIT FIVE}", "The goal needs a whole number"),
        ("goal", "messages 5 xp 5", "a word and a number"),
        ("goal", "xp xp", "a word and a number"),
        ("reward", "50", "written like `50 XP, 20 coins`"),
        ("reward", "fifty xp", "The reward needs a whole number"),
        ("reward", "50 gems", "written like"),
        ("reward", "-5 coins", "The reward needs a whole number"),
        ("more", "colour: red", "Each line is one of"),
        ("more", "rarity", "Each line is one of"),
        ("more", "rarity: unheard of", "The rarity is one of"),
        ("more", "scope: week", "The scope is one of"),
        ("more", "tier: two", "The tier needs a whole number"),
        ("more", "channel: general", "The channel is its id"),
        ("more", "channel: 12", "The channel is its id"),
    ],
)
def test_what_cannot_be_understood_is_said(field: str, text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refused:
        achievement_form.read(BLANK, GOOD | {field: text})
    assert "Nothing was changed." in str(refused.value)


def attempt(written: dict[str, str]) -> str:
    """What comes of handing it in: the sentence of the refusal, or nothing."""
    try:
        wanted = achievement_form.read(BLANK, written)
        define(ASKED, wanted, known=[], based_on=0)
    except Refused as refused:
        return str(refused)
    return ""


def test_two_hundred_bad_forms_are_two_hundred_sentences() -> None:
    """Good forms with one thing spoilt, in every way that comes to mind: each is refused with a
    sentence, and none becomes a fact."""
    dice = Random(4)
    numbers = (
        "",
        "-1",
        "0",
        "9" * 16,
        "9" * 99,
        "1.5",
        "0x10",
        "ten",
        "\N{SUPERSCRIPT TWO}",
        "NaN",
    )
    spoilt: list[tuple[str, Callable[[], str]]] = [
        ("name", lambda: dice.choice(("", "  ", "\t", "a\nb", "x" * 51, "\u200b\n"))),
        ("goal", lambda: f"{dice.choice(list(GOALS))} {dice.choice(numbers)} x"),
        ("goal", lambda: f"messages {dice.choice(numbers)}"),
        ("goal", lambda: f"level {dice.choice(('0', '1001', '-1', '5'))}"),
        ("goal", lambda: dice.choice(("days-here 5", "money 5", "messages:", ": 5", "\x00"))),
        ("reward", lambda: f"{dice.choice(numbers[1:2] + numbers[3:])} XP"),
        ("reward", lambda: f"{10**6 + dice.randint(1, 10**9)} coins"),
        ("more", lambda: f"tier: {dice.choice(('0', '101', '-1', 'x', '9' * 30))}"),
        ("more", lambda: f"image: {dice.choice(('ftp://a.b', 'https://', 'javascript:1', 'a'))}"),
        ("more", lambda: f"series: {dice.choice(('A B', 'x' * 25, '---', ':', 'a_b'))}"),
        ("more", lambda: f"{dice.choice(('color', '', 'id', 'xp'))}: {dice.choice(numbers)}"),
    ]
    sentences = set()
    for number in range(200):
        field, spoil = spoilt[number % len(spoilt)]
        sentence = attempt(GOOD | {field: spoil()})
        assert len(sentence) > 15 and sentence[-1] in ".`", (field, sentence)
        sentences.add(sentence)
    assert len(sentences) >= 12
    assert attempt(GOOD) == ""


@given(
    name=st.text(max_size=60),
    description=st.text(max_size=220),
    goal=st.text(max_size=60),
    reward=st.text(max_size=60),
    more=st.text(max_size=120),
)
def test_whatever_is_written_is_a_template_or_a_sentence(**written: str) -> None:
    attempt(written)


@given(
    keys=st.lists(st.sampled_from(["emoji", "scope", "rarity", "series", "tier", "image"])),
    values=st.lists(st.text(max_size=30), min_size=6, max_size=6),
)
def test_whatever_stands_behind_the_colons(keys: list[str], values: list[str]) -> None:
    lines = [f"{key}: {value}" for key, value in zip(keys, values, strict=False)]
    attempt(GOOD | {"more": "\n".join(lines)})
