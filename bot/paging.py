"""Pages with a back and an on button. The buttons carry what they lead to in their custom id, so
they work after a restart and need no memory.

A command module declares its pages with ``@pager("board")`` on a function that is given the
interaction, the arguments from the custom id (texts, to be checked) and the page's number.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final, Self

import discord

from bot.stale import obey

ShowPage = Callable[[discord.Interaction[Any], list[str], int], Awaitable[None]]
_PAGERS: dict[str, ShowPage] = {}
_EMOJI: Final = {
    "back": "\N{BLACK LEFT-POINTING TRIANGLE}",
    "on": "\N{BLACK RIGHT-POINTING TRIANGLE}",
}


def pager(what: str) -> Callable[[ShowPage], ShowPage]:
    """Declare the function that shows a page of ``what`` (lower-case letters)."""

    def declare(show: ShowPage) -> ShowPage:
        _PAGERS[what] = show
        return show

    return declare


class Turn(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"(?P<what>[a-z]+):(?P<arguments>[\w:-]+):(?P<page>\d{1,6}):(?P<way>back|on)",
):
    """Turns the page."""

    def __init__(
        self, what: str, arguments: list[str], page: int, way: str, *, disabled: bool = False
    ) -> None:
        """A button that leads to ``page`` of ``what``."""
        custom_id = ":".join([what, *arguments, str(page), way])
        super().__init__(
            discord.ui.Button(emoji=_EMOJI[way], custom_id=custom_id, disabled=disabled)
        )
        self.what, self.arguments, self.page = what, arguments, page

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """The button as its custom id tells it."""
        return cls(match["what"], match["arguments"].split(":"), int(match["page"]), match["way"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show the page."""
        await obey(interaction, _PAGERS.get(self.what), self.arguments, self.page)


def last_page(lines: int, size: int) -> int:
    """The number of the last page, counted from 0."""
    return max(0, (lines - 1) // size)


def buttons(what: str, arguments: list[str], page: int, last: int) -> discord.ui.View | None:
    """Back and on; nothing when there is one page."""
    if last == 0:
        return None
    view = discord.ui.View(timeout=None)
    view.add_item(Turn(what, arguments, max(0, page - 1), "back", disabled=page == 0))
    view.add_item(Turn(what, arguments, page + 1, "on", disabled=page >= last))
    return view
