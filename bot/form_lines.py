"""What forms have in common in which an admin writes a definition: their fields, and the field that
holds one detail a line."""

from collections.abc import Callable, Mapping
from typing import Any

import discord

from events.engine.errors import Refused

Understood = Mapping[str, tuple[str, Callable[[str], object]]]
"""By the word before the colon: what a line sets, and how its value is understood."""


def field(
    name: str, value: str, style: discord.TextStyle, most: int, *, required: bool = False
) -> discord.ui.TextInput[Any]:
    """A field of ``most`` characters, filled in with ``value``."""
    return discord.ui.TextInput(
        custom_id=name, default=value or None, style=style, max_length=most, required=required
    )


def details(text: str, understood: Understood, example: str) -> dict[str, Any]:
    """The lines ``key: value``; a key that is left out stays as it was. Raises Refused."""
    found: dict[str, Any] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        word, colon, value = line.partition(":")
        known = understood.get(word.strip().lower())
        if not colon or known is None:
            raise Refused(
                f"Each line is one of {', '.join(understood)}, with a colon and its value, like "
                f"`{example}`. Nothing was changed."
            )
        name, understand = known
        found[name] = understand(value.strip())
    return found


def whole(text: str) -> int | None:
    """A whole number as people write it, with separators or without; None for anything else."""
    digits = text.replace(",", "").replace("_", "")
    fits = digits.isascii() and digits.isdecimal() and len(digits) < 16
    return int(digits) if fits else None
