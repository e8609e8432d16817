"""The form in which a quest is written: its fields from a quest, and a quest from what was written.
Whatever is written, it is a quest or a sentence that says what to write instead.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, get_args

import discord

from bot import form_lines
from bot.forms import Form
from events.decisions.quest_goals import QUEST_GOALS
from events.decisions.quests import MAX_HOURS, MAX_NAME, MAX_TEXT, Quest
from events.engine.errors import Refused
from events.quests import Scope

NOTHING: Final = ("", "-", "none", "0")
MAX_LINES: Final = 1_000
"""Characters of the field with one detail a line."""
_DATE: Final = "%Y-%m-%d %H:%M"
_SPAN: Final = re.compile(r"(\d{1,4}) ?(day|hour)s?")


def form(quest: Quest, *, new: bool) -> Form:
    """The form for ``quest``, filled in with what it is now."""
    short, long = discord.TextStyle.short, discord.TextStyle.paragraph
    goal = f"{quest.goal} {quest.threshold}" if quest.asks_for.counted else quest.goal
    rewards = f"{quest.xp} XP, {quest.coins} coins"
    if quest.badge is not None:
        rewards += f", badge {quest.badge}"
    fields = [
        ("Name", form_lines.field("name", quest.name, short, MAX_NAME, required=True)),
        ("What members read", form_lines.field("description", quest.description, long, MAX_TEXT)),
        (
            "Goal and number, like: messages 50",
            form_lines.field("goal", goal, short, 60, required=True),
        ),
        ("Reward", form_lines.field("reward", rewards, short, 100)),
        (
            "More, one a line; times are UTC",
            form_lines.field("more", details(quest), long, MAX_LINES),
        ),
    ]
    title = "New quest" if new else f"Change {quest.name}"[:45]
    return Form("quest", [quest.quest, str(quest.revision)], title, fields)


def details(quest: Quest) -> str:
    """The lines of the last field."""
    lines = {
        "emoji": quest.emoji or "none",
        "scope": quest.scope,
        "approval": "yes" if quest.approval else "no",
        "places": str(quest.places),
        "turns": str(quest.turns),
        "wait": str(quest.wait_hours),
        "hours": str(quest.hours),
        "until": "none" if quest.ends_at is None else quest.ends_at.strftime(_DATE),
        "share": str(quest.share),
        "link": quest.url or "none",
    }
    return "\n".join(f"{key}: {value}" for key, value in lines.items())


def read(quest: Quest, written: Mapping[str, str], now: datetime) -> Quest:
    """``quest`` as it is written in the form, handed in at ``now``. Raises Refused for what cannot
    be understood; what a quest cannot be is refused when it is decided on."""
    given: dict[str, Any] = {
        "name": written.get("name", "").strip(),
        "description": written.get("description", "").strip(),
    }
    given["goal"], given["threshold"] = _goal(written.get("goal", ""))
    given["xp"], given["coins"], given["badge"] = _reward(written.get("reward", ""))
    understood = {
        word: (name, partial(understand, now=now)) for word, (name, understand) in _DETAILS.items()
    }
    given |= form_lines.details(written.get("more", ""), understood, "places: 10")
    if given.get("ends_at") is not None and quest.ends_at is not None:
        shown = quest.ends_at.replace(second=0, microsecond=0)  # the form shows no seconds
        given["ends_at"] = quest.ends_at if given["ends_at"] == shown else given["ends_at"]
    return replace(quest, **given)


def _goal(text: str) -> tuple[str, int]:
    words = text.lower().replace(":", " ").split()
    named = [word for word in words if word in QUEST_GOALS]
    numbers = [word for word in words if word not in QUEST_GOALS]
    if len(named) != 1 or len(numbers) > 1:
        raise Refused(
            "The goal is a word and a number, like `messages 50`. The words are: "
            f"{', '.join(QUEST_GOALS)}. Nothing was changed."
        )
    if numbers:
        return named[0], _number(numbers[0])
    if QUEST_GOALS[named[0]].counted:
        raise Refused(f"How much? Write a number too, like `{named[0]} 50`. Nothing was changed.")
    return named[0], 1


def _reward(text: str) -> tuple[int, int, str | None]:
    amounts: dict[str, int] = {"xp": 0, "coins": 0}
    badge: str | None = None
    for part in text.replace(";", ",").split(","):
        words = part.lower().split()
        if not words or " ".join(words) in NOTHING:
            continue
        unit = {"xp": "xp", "coins": "coins", "coin": "coins"}.get(words[-1])
        if len(words) != 2 or (unit is None and words[0] != "badge"):
            raise Refused(
                "A reward is written like `50 XP, 20 coins, badge helper`, or left empty. Nothing "
                "was changed."
            )
        if words[0] == "badge":
            badge = words[1]
        elif unit is not None:
            amounts[unit] = _number(words[0])
    return amounts["xp"], amounts["coins"], badge


def _number(text: str) -> int:
    number = form_lines.whole(text)
    if number is None:
        raise Refused(f"`{text[:20]}` is no whole number. Write one like 250. Nothing was changed.")
    return number


def _count(text: str, now: datetime) -> int:
    return 0 if text.lower() in NOTHING else _number(text)


def _share(text: str, now: datetime) -> int:
    return 1 if text.lower() in NOTHING else _number(text)


def _scope(text: str, now: datetime) -> str:
    if text.lower() not in get_args(Scope):
        words = ", ".join(get_args(Scope))
        raise Refused(f"The scope is one of {words}. Nothing was changed.")
    return text.lower()


def _yes(text: str, now: datetime) -> bool:
    answers = {"yes": True, "no": False}
    if text.lower() not in answers:
        raise Refused("Approval is yes or no. Nothing was changed.")
    return answers[text.lower()]


def _text(text: str, now: datetime) -> str:
    return "" if text.lower() in NOTHING else text


def _address(text: str, now: datetime) -> str | None:
    return None if text.lower() in NOTHING else text


def _until(text: str, now: datetime) -> datetime | None:
    """``2026-12-24``, ``2026-12-24 18:00`` (both UTC), or so many hours or days from now."""
    if text.lower() in NOTHING:
        return None
    span = _SPAN.fullmatch(text.lower())
    if span is not None:
        hours = int(span[1]) * (24 if span[2] == "day" else 1)
        return now + timedelta(hours=min(hours, 2 * MAX_HOURS))
    for shape in (_DATE, "%Y-%m-%d"):
        try:
            return datetime.strptime(text, shape).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise Refused(
        "The deadline is written like `2026-12-24 18:00` (UTC) or `7 days`, or none. Nothing was "
        "changed."
    )


_DETAILS: Final[Mapping[str, tuple[str, Callable[..., object]]]] = {
    "emoji": ("emoji", _text),
    "scope": ("scope", _scope),
    "approval": ("approval", _yes),
    "places": ("places", _count),
    "turns": ("turns", _count),
    "wait": ("wait_hours", _count),
    "hours": ("hours", _count),
    "until": ("ends_at", _until),
    "share": ("share", _share),
    "link": ("url", _address),
}
"""What each line sets, and how its value is understood."""
