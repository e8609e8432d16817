"""Menus with a meaning of their own. Like buttons they carry what they are about in their custom
id, so they work after a restart.

A command module declares what a choice does with ``@picked("notice")`` on a function that is given
the interaction, the arguments from the custom id and what was chosen (texts, to be checked).
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Self

import discord

from bot.stale import obey

Picked = Callable[[discord.Interaction[Any], list[str], list[str]], Awaitable[None]]
_PICKED: dict[str, Picked] = {}


def picked(what: str) -> Callable[[Picked], Picked]:
    """Declare what choosing in a menu of ``what`` (lower-case letters) does."""

    def declare(act: Picked) -> Picked:
        _PICKED[what] = act
        return act

    return declare


async def _choose(interaction: discord.Interaction[Any], what: str, arguments: list[str]) -> None:
    data: Mapping[str, Any] = dict(interaction.data or {})
    await obey(interaction, _PICKED.get(what), arguments, list(data.get("values", [])))


class Pick(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=r"(?P<what>[a-z]+):(?P<arguments>[\w:.-]*):pick",
):
    """Does what its module declared."""

    def __init__(
        self,
        what: str,
        arguments: list[str],
        options: Sequence[discord.SelectOption] = (),
        **look: Any,
    ) -> None:
        """A menu about ``arguments``; ``look`` is its placeholder, row and so on."""
        custom_id = ":".join([what, *arguments, "pick"])
        super().__init__(discord.ui.Select(custom_id=custom_id, options=list(options), **look))
        self.what, self.arguments = what, arguments

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """The menu as its custom id tells it."""
        return cls(match["what"], match["arguments"].split(":"))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Act."""
        await _choose(interaction, self.what, self.arguments)


Things = discord.ui.ChannelSelect[Any] | discord.ui.RoleSelect[Any]


class PickThings(
    discord.ui.DynamicItem[discord.ui.Item[Any]],
    template=r"(?P<what>[a-z]+):(?P<arguments>[\w:.-]*):things",
):
    """The same for Discord's own menus of channels and roles; what is chosen are their ids."""

    def __init__(self, what: str, arguments: list[str], menu: discord.ui.Item[Any]) -> None:
        """``menu`` has its custom id already; see :meth:`of`."""
        super().__init__(menu)
        self.what, self.arguments = what, arguments

    @classmethod
    def of(cls, what: str, arguments: list[str], menu: Things) -> Self:
        """The menu, about ``arguments``."""
        menu.custom_id = ":".join([what, *arguments, "things"])
        return cls(what, arguments, menu)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """The menu as its custom id tells it."""
        return cls(match["what"], match["arguments"].split(":"), item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Act."""
        await _choose(interaction, self.what, self.arguments)
