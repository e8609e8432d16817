"""The form of a quest: what is written becomes a quest, or a sentence that says what to write."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.recognition import quest_form
from bot.recognition.quest_form import read
from events.decisions.quests import Quest
from events.engine.errors import Refused
from tests.support.facts import at

NOW = at(0)
TALK = Quest(
    "talk", "Talk", "messages", 50, xp=40, coins=9, badge="star", url="https://a.example/1"
)
WRITTEN = {"name": " Talk ", "description": "", "goal": "messages 50", "reward": "40 XP"}


def written(**more: str) -> dict[str, str]:
    return WRITTEN | more


@pytest.mark.parametrize(
    "quest",
    [
        TALK,
        replace(TALK, goal="custom", threshold=1, approval=True, badge=None, emoji="", url=None),
        replace(TALK, places=3, turns=0, wait_hours=24, hours=48, ends_at=NOW.replace(second=7)),
        replace(TALK, scope="community", share=5, description="All of us."),
    ],
)
def test_a_form_that_is_handed_in_unchanged_changes_nothing(quest: Quest) -> None:
    shown: dict[str, str] = {}
    for label in quest_form.form(quest, new=False).children:
        field: Any = getattr(label, "component", None)
        shown[field.custom_id] = field.default or ""
    assert read(quest, shown, NOW) == quest


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("until: 2026-12-24", "ends_at", datetime(2026, 12, 24, tzinfo=UTC)),
        ("until: 2026-12-24 18:30", "ends_at", datetime(2026, 12, 24, 18, 30, tzinfo=UTC)),
        ("until: 7 days", "ends_at", NOW + timedelta(days=7)),
        ("until: 1 hour", "ends_at", NOW + timedelta(hours=1)),
        ("until: none", "ends_at", None),
        ("Places: 1,000", "places", 1000),
        ("places: none", "places", 0),
        ("share: -", "share", 1),
        ("wait: 24", "wait_hours", 24),
        ("hours: 0", "hours", 0),
        ("approval: YES", "approval", True),
        ("scope: Community", "scope", "community"),
        ("link: https://b.example/2", "url", "https://b.example/2"),
        ("link: none", "url", None),
        ("emoji: none", "emoji", ""),
    ],
)
def test_a_line_sets_what_it_names(line: str, field: str, value: object) -> None:
    assert getattr(read(TALK, written(more=line), NOW), field) == value


def test_rewards_are_read_in_any_order() -> None:
    for text in ("badge helper, 20 coins, 5 XP", "5 xp; 20 coin; badge Helper"):
        found = read(TALK, written(reward=text), NOW)
        assert (found.xp, found.coins, found.badge) == (5, 20, "helper")
    empty = read(TALK, written(reward=""), NOW)
    assert (empty.xp, empty.coins, empty.badge) == (0, 0, None)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"goal": "dance 5"}, "a word and a number"),
        ({"goal": "messages threads 5"}, "a word and a number"),
        ({"goal": "messages 5 6"}, "a word and a number"),
        ({"goal": "messages"}, "How much"),
        ({"goal": "messages five"}, "no whole number"),
        ({"goal": "messages \u0665"}, "no whole number"),
        ({"goal": "messages " + "9" * 40}, "no whole number"),
        ({"reward": "many coins"}, "no whole number"),
        ({"reward": "badge"}, "A reward is written like"),
        ({"reward": "5 gems"}, "A reward is written like"),
        ({"more": "colour: red"}, "Each line is one of"),
        ({"more": "places 5"}, "Each line is one of"),
        ({"more": "approval: maybe"}, "yes or no"),
        ({"more": "scope: all"}, "The scope is one of"),
        ({"more": "until: tomorrow"}, "The deadline is written like"),
        ({"more": "until: 2026-02-30"}, "The deadline is written like"),
        ({"more": "turns: -1"}, "no whole number"),
    ],
)
def test_what_cannot_be_understood_is_told(fields: dict[str, str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        read(TALK, written(**fields), NOW)
