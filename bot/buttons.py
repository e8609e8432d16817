"""Buttons with a meaning of their own: accept a trade, bid, buy.

Like pages and confirmations they carry what they are about in their custom id, so they work after
a restart. A command module declares what a press does with ``@pressed("trade")`` on a function
that is given the interaction and the arguments from the custom id (texts, to be checked).
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Self

import discord

from bot.stale import obey

Pressed = Callable[[discord.Interaction[Any], list[str]], Awaitable[None]]
_PRESSED: dict[str, Pressed] = {}


def pressed(what: str) -> Callable[[Pressed], Pressed]:
    """Declare what pressing a button of ``what`` (lower-case letters) does."""

    def declare(act: Pressed) -> Pressed:
        _PRESSED[what] = act
        return act

    return declare


class Press(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"(?P<what>[a-z]+):(?P<arguments>[\w:.-]*):press",
):
    """Does what its module declared."""

    def __init__(self, what: str, arguments: list[str], **look: Any) -> None:
        """A button about ``arguments``; ``look`` is its label, style, emoji and so on."""
        custom_id = ":".join([what, *arguments, "press"])
        super().__init__(discord.ui.Button(custom_id=custom_id, **look))
        self.what, self.arguments = what, arguments

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """The button as its custom id tells it."""
        return cls(match["what"], match["arguments"].split(":"))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Act."""
        await obey(interaction, _PRESSED.get(self.what), self.arguments)
