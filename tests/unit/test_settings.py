"""Kinds of settings: what may be typed, what is stored, how it is shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.engine.errors import Refused
from events.engine.setting import (
    MOST_LISTED,
    Categories,
    Channels,
    Choice,
    Flag,
    Number,
    Roles,
    Setting,
    Text,
    Value,
    ids_in,
)
from events.settings import AREAS, NEWEST_VERSION, SETTINGS
from tests.support.ruling import values_of

MINUTES = Number("minutes", 10, "A pause", 1, 1440, "min")
RATE = Number("rate", 0, "A rate", -50, 5000, "%", 2)
SWITCH = Flag("switch", 0, "A switch")
WAY = Choice("way", "fast", "A way", {"fast": "The fast one", "slow": "The slow one"})
WORDS = Text("words", "", "Some words", 12)
HALLS = Channels("halls", description="Some channels")
RANKS = Roles("ranks", description="Some roles")
FLOORS = Categories("floors", description="Some categories")


@pytest.mark.parametrize(
    ("setting", "typed", "value", "shown"),
    [
        (MINUTES, "25", 25, "25 min"),
        (MINUTES, " 1,440 min ", 1440, "1,440 min"),
        (MINUTES, "1_440", 1440, "1,440 min"),
        (MINUTES, "+7", 7, "7 min"),
        (RATE, "1.5", 150, "1.50 %"),
        (RATE, "1.50%", 150, "1.50 %"),
        (RATE, "50", 5000, "50.00 %"),
        (RATE, "\N{MINUS SIGN}0.05", -5, "-0.05 %"),
        (SWITCH, "ON", 1, "on"),
        (SWITCH, "no", 0, "off"),
        (WAY, "slow", "slow", "The slow one"),
        (WAY, "the fast ONE", "fast", "The fast one"),
        (WORDS, "  a   b ", "a b", "a b"),
        (WORDS, "none", "", "none"),
        (HALLS, "<#12>, <#7> <#12>", "7,12", "<#7> <#12>"),
        (HALLS, "<#12><#7>", "7,12", "<#7> <#12>"),
        (HALLS, "None", "", "none"),
        (FLOORS, "12;7", "7,12", "<#7> <#12>"),
        (RANKS, "<@&9>", "9", "<@&9>"),
    ],
)
def test_what_is_typed_is_read_and_shown(
    setting: Setting, typed: str, value: Value, shown: str
) -> None:
    assert setting.parse(typed) == value
    assert setting.shown(value) == shown
    assert setting.parse(shown) == value


@pytest.mark.parametrize(
    ("setting", "typed", "sentence"),
    [
        (MINUTES, "", "A pause: pick a number from 1 to 1,440 min."),
        (MINUTES, "0", "from 1 to"),
        (MINUTES, "1441", "from 1 to"),
        (MINUTES, "1.5", "from 1 to"),
        (MINUTES, "ten", "from 1 to"),
        (MINUTES, "1,44", "from 1 to"),
        (MINUTES, "\N{ARABIC-INDIC DIGIT SEVEN}", "from 1 to"),
        (MINUTES, "9" * 5000, "from 1 to"),
        (RATE, "1.005", "from -0.50 to 50.00 %"),
        (RATE, "1e1", "from -0.50"),
        (SWITCH, "2", "A switch: say on or off."),
        (WAY, "", "A way: choose one of fast, slow."),
        (WORDS, "thirteen char", "Some words: write at most 12 characters."),
        (WORDS, "a\x00b", "at most 12 characters"),
        (WORDS, "a\ud800", "at most 12 characters"),
        (HALLS, "#general", "Some channels: mention up to 25 of them, or say none."),
        (HALLS, "<@&9>", "mention up to 25"),
        (RANKS, "<#9>", "mention up to 25"),
        (HALLS, "9" * 19, "mention up to 25"),
        (HALLS, " ".join(map(str, range(MOST_LISTED + 1))), "mention up to 25"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_does(
    setting: Setting, typed: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence.replace(".", r"\.")):
        setting.parse(typed)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        (MINUTES, "10"),
        (MINUTES, True),
        (MINUTES, None),
        (MINUTES, 0),
        (SWITCH, 2),
        (SWITCH, False),
        (WAY, "no way"),
        (WAY, 1),
        (WORDS, 1),
        (HALLS, "12,7"),
        (HALLS, "7,7"),
        (HALLS, ","),
        (HALLS, 7),
    ],
)
def test_what_cannot_be_in_force(setting: Setting, value: object) -> None:
    assert not setting.fits(value)


@given(st.sampled_from(list(SETTINGS.values())), st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused(setting: Setting, typed: str) -> None:
    try:
        value = setting.parse(typed)
    except Refused:
        return
    assert setting.fits(value)
    assert setting.parse(setting.shown(value)) == value


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.key)
def test_a_setting_is_described_and_what_it_shows_can_be_typed(setting: Setting) -> None:
    assert setting.description and not setting.description.endswith(".")
    assert re.fullmatch("[a-z][a-z0-9_]{1,44}", setting.key), "it stands in ids of buttons"
    assert all(version <= NEWEST_VERSION for version in setting.since)
    for value in (setting.default, *setting.since.values(), *values_of(setting)):
        assert setting.fits(value)
        assert setting.parse(setting.shown(value)) == value


def test_an_area_fits_into_one_menu() -> None:
    assert len(AREAS) <= 25
    for area in AREAS.values():
        assert 1 <= len(area.settings) <= 25
        assert len(area.title) <= 100 and len(area.description) <= 100


def test_ids_are_read_from_any_text() -> None:
    assert ids_in("7,12") == {7, 12}
    assert ids_in("") == ids_in("nobody,") == ids_in("9" * 30) == frozenset()
