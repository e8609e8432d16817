"""The form in which an achievement is written: its fields from a template, and a template from what
was written. Whatever is written, it is a template or a sentence that says what to write instead.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, get_args

import discord

from bot import form_lines
from bot.forms import Form
from events.achievements import Scope
from events.badges import Rarity
from events.decisions.achievements import MAX_NAME, MAX_TEXT, Template
from events.decisions.goals import GOALS
from events.engine.errors import Refused

NOTHING: Final = ("", "-", "none")
MAX_LINES: Final = 1_000
"""Characters of the field with one detail a line."""


def form(template: Template, *, new: bool) -> Form:
    """The form for ``template``, filled in with what it is now."""
    short, long = discord.TextStyle.short, discord.TextStyle.paragraph
    goal = "custom" if template.goal == "custom" else f"{template.goal} {template.threshold}"
    rewards = f"{template.xp} XP, {template.coins} coins"
    fields = [
        ("Name", form_lines.field("name", template.name, short, MAX_NAME, required=True)),
        (
            "What members read",
            form_lines.field("description", template.description, long, MAX_TEXT),
        ),
        (
            "Goal and number, like: messages 100",
            form_lines.field("goal", goal, short, 60, required=True),
        ),
        ("Reward", form_lines.field("reward", rewards, short, 60)),
        ("More, one a line", form_lines.field("more", details(template), long, MAX_LINES)),
    ]
    title = "New achievement" if new else f"Change {template.name}"[:45]
    return Form("achievement", [template.achievement, str(template.revision)], title, fields)


def details(template: Template) -> str:
    """The lines of the last field."""
    lines = {
        "emoji": template.emoji,
        "scope": template.scope,
        "rarity": template.rarity,
        "series": template.series or "none",
        "tier": str(template.tier),
        "image": template.image_url or "none",
        "channel": str(template.announce_channel_id or "none"),
    }
    return "\n".join(f"{key}: {value}" for key, value in lines.items())


def read(template: Template, written: Mapping[str, str]) -> Template:
    """``template`` as it is written in the form. Raises Refused for what cannot be understood;
    what an achievement cannot be is refused when it is decided on."""
    given: dict[str, Any] = {
        "name": written.get("name", "").strip(),
        "description": written.get("description", "").strip(),
    }
    given["goal"], given["threshold"] = _goal(written.get("goal", ""))
    given["xp"], given["coins"] = _reward(written.get("reward", ""))
    given |= form_lines.details(written.get("more", ""), _DETAILS, "rarity: rare")
    return replace(template, **given)


def _goal(text: str) -> tuple[str, int]:
    words = text.lower().replace(":", " ").split()
    named = [word for word in words if word in GOALS]
    numbers = [word for word in words if word not in GOALS]
    if len(named) != 1 or len(numbers) > 1 or len(words) > 2:
        raise Refused(
            "The goal is a word and a number, like `messages 100`. The words are: "
            f"{', '.join(GOALS)}. Nothing was changed."
        )
    if not numbers:
        if GOALS[named[0]].kind == "custom":
            return named[0], 1
        raise Refused(f"How much? Write a number too, like `{named[0]} 100`. Nothing was changed.")
    return named[0], _number(numbers[0], "goal")


def _reward(text: str) -> tuple[int, int]:
    amounts = {"xp": 0, "coins": 0}
    for part in text.replace(";", ",").split(","):
        words = part.lower().split()
        if not words or part.strip().lower() in NOTHING:
            continue
        unit = {"xp": "xp", "coins": "coins", "coin": "coins"}.get(words[-1])
        if len(words) != 2 or unit is None:
            raise Refused(
                "A reward is written like `50 XP, 20 coins`, or left empty. Nothing was changed."
            )
        amounts[unit] = _number(words[0], "reward")
    return amounts["xp"], amounts["coins"]


def _number(text: str, what: str) -> int:
    number = form_lines.whole(text)
    if number is None:
        raise Refused(f"The {what} needs a whole number, like 250. Nothing was changed.")
    return number


def _one_of(what: str, words: tuple[str, ...]) -> Callable[[str], str]:
    def understand(text: str) -> str:
        if text.lower() not in words:
            raise Refused(f"The {what} is one of {', '.join(words)}. Nothing was changed.")
        return text.lower()

    return understand


def _text(text: str) -> str:
    return "" if text.lower() in NOTHING else text


def _name(text: str) -> str | None:
    return None if text.lower() in NOTHING else text.lower()


def _address(text: str) -> str | None:
    return None if text.lower() in NOTHING else text


def _tier(text: str) -> int:
    return 1 if text.lower() in NOTHING else _number(text, "tier")


def _channel(text: str) -> int | None:
    if text.lower() in NOTHING:
        return None
    digits = text.removeprefix("<#").removesuffix(">")
    if not (digits.isascii() and digits.isdecimal() and 15 <= len(digits) <= 19):
        raise Refused(
            "The channel is its id (a long number), or none; /achievement create has an option "
            "to pick it from a list. Nothing was changed."
        )
    return int(digits)


_DETAILS: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = {
    "emoji": ("emoji", _text),
    "scope": ("scope", _one_of("scope", get_args(Scope))),
    "rarity": ("rarity", _one_of("rarity", get_args(Rarity))),
    "series": ("series", _name),
    "tier": ("tier", _tier),
    "image": ("image_url", _address),
    "channel": ("announce_channel_id", _channel),
}
"""What each line sets, and how its value is understood."""
