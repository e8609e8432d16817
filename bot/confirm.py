"""Preview, then act: an admin sees what would happen and confirms it with a button.

The button carries the id of the interaction that asked; the facts are keyed by that id, so a
double click, or a click after a restart, acts once.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

import discord

from bot import look
from bot.answer import CONFIRMED, PREVIEW, Reply, Services, Work, answer
from bot.handle import Call, look_up
from bot.stale import obey
from sql import lake
from sql.pool import Connection


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was confirmed: the asking interaction's id, the arguments, and the preview itself."""

    interaction_id: int
    arguments: list[str]
    preview: discord.Embed | None

    @property
    def reason(self) -> str | None:
        """What stands first on the preview, where that is the reason. By the time of a second click
        it may be something else: then what was recorded tells, and this decides nothing."""
        fields = self.preview.fields if self.preview else []
        return fields[0].value if fields else None


Act = Callable[[discord.Interaction[Any], Confirmed], Awaitable[None]]
_ACTS: dict[str, Act] = {}
_BY_ASKER: set[str] = set()


def confirmed(what: str, *, by_asker: bool = False) -> Callable[[Act], Act]:
    """Declare the function that acts once ``what`` (lower-case letters) is confirmed: by an admin,
    or (``by_asker``) by the member whose id is the first of the arguments."""

    def declare(act: Act) -> Act:
        _ACTS[what] = act
        if by_asker:
            _BY_ASKER.add(what)
        return act

    return declare


class Choose(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"(?P<what>[a-z]+):(?P<asked>\d{1,19}):(?P<arguments>[\w:-]*):(?P<way>confirm|cancel)",
):
    """Confirms or cancels."""

    def __init__(self, what: str, asked: int, arguments: list[str], way: str) -> None:
        """A button about the interaction ``asked``."""
        sure = way == "confirm"
        super().__init__(
            discord.ui.Button(
                label="Confirm" if sure else "Cancel",
                style=discord.ButtonStyle.success if sure else discord.ButtonStyle.secondary,
                custom_id=":".join([what, str(asked), *arguments, way]),
            )
        )
        self.what, self.asked, self.arguments, self.sure = what, asked, arguments, sure

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """The button as its custom id tells it."""
        return cls(match["what"], int(match["asked"]), match["arguments"].split(":"), match["way"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Act, or say that nothing was done."""
        act = _ACTS.get(self.what)
        if self.what in _BY_ASKER:
            if self.arguments[0] != str(interaction.user.id):
                return await answer(interaction, _not_yours)
        elif self.sure and not interaction.permissions.manage_guild:
            return await answer(interaction, _forbidden)
        if not self.sure:
            await answer(interaction, _cancelled(self.asked))
        else:
            message = interaction.message
            preview = message.embeds[0] if message and message.embeds else None
            CONFIRMED.set(self.what not in _BY_ASKER)
            PREVIEW.set(self.asked)
            await obey(interaction, act, Confirmed(self.asked, self.arguments, preview))


def _cancelled(asked_id: int) -> Work:
    """That nothing was changed; if somebody was faster with the other button, that it was."""

    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id

        def done(conn: Connection) -> bool:
            lake.lock(conn, [guild_id])  # behind a click that is being carried out
            return lake.was_confirmed(conn, guild_id, asked_id)

        if await services.work(look_up, services.database, guild_id, reads=[], show=done):
            text = "That was confirmed before, so it is done and cannot be cancelled any more."
            return Reply(look.note(text, colour=look.GREY), private=True)
        text = "Cancelled. Nothing was changed."
        return Reply(look.note(text, colour=look.GREY), update=True)

    return work


async def _forbidden(services: Services, call: Call) -> Reply:
    text = look.NOT_ALLOWED
    return Reply(look.refusal(text), private=True)


async def _not_yours(services: Services, call: Call) -> Reply:
    return Reply(
        look.refusal("This is for the member who asked. Nothing was changed."), private=True
    )


def buttons(what: str, asked: int, arguments: list[str]) -> discord.ui.View:
    """Confirm and cancel, for the preview of the interaction ``asked``."""
    view = discord.ui.View(timeout=None)
    view.add_item(Choose(what, asked, arguments, "confirm"))
    view.add_item(Choose(what, asked, arguments, "cancel"))
    return view
