"""Forms (Discord's modals). Like buttons they carry what they are about in their custom id, and
nothing is kept in memory, so a form that was opened before a restart can be handed in after it.

A command module declares with ``@submitted("shopitem")`` a function that is given the interaction,
the arguments from the custom id and what was written, by field (texts, to be checked).
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

import discord

from bot import look
from bot.answer import Reply, Services, answer
from bot.handle import Call, look_up
from bot.stale import obey
from sql.pool import Connection

T = TypeVar("T")
Submitted = Callable[[discord.Interaction[Any], list[str], dict[str, str]], Awaitable[None]]
_SUBMITTED: dict[str, Submitted] = {}
_MARK = "form"
_SLOW: Final = "The records were too slow for a form just now."


def submitted(what: str) -> Callable[[Submitted], Submitted]:
    """Declare what happens when a form of ``what`` (lower-case letters) is handed in."""

    def declare(act: Submitted) -> Submitted:
        _SUBMITTED[what] = act
        return act

    return declare


class Form(discord.ui.Modal):
    """A form about ``arguments`` with text fields, each with its label."""

    def __init__(
        self,
        what: str,
        arguments: list[str],
        title: str,
        fields: Sequence[tuple[str, discord.ui.TextInput[Any]]],
    ) -> None:
        """Built in full; ``stop`` keeps the library from remembering it."""
        super().__init__(title=title, custom_id=":".join([what, *arguments, _MARK]), timeout=None)
        for label, field in fields:
            self.add_item(discord.ui.Label(text=label, component=field))
        self.stop()


def opening(form: Form, instead: str = "Please try again.") -> Reply:
    """The reply that opens ``form``. When it is too late for one, it says so, and what to do."""
    return Reply(look.refusal(f"{_SLOW} {instead}"), form=form, private=True)


async def open_filled_in(
    interaction: discord.Interaction[Any],
    reads: Sequence[str],
    load: Callable[[Connection, int], T],
    fill_in: Callable[[T], Form],
) -> None:
    """Open the form that ``fill_in`` makes of what the guild has now, which ``load`` reads."""

    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id
        known = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=reads,
            show=lambda conn: load(conn, guild_id),
        )
        return opening(fill_in(known))

    await answer(interaction, work, private=True)


async def hand_in(interaction: discord.Interaction[Any]) -> None:
    """Act on a form."""
    data: Mapping[str, Any] = dict(interaction.data or {})
    what, *arguments, mark = str(data.get("custom_id", "")).split(":")
    act = _SUBMITTED.get(what) if mark == _MARK else None
    await obey(interaction, act, arguments, dict(_written(data.get("components", []))))


def _written(components: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Each text field's name and what was written into it, wherever it lies in the form."""
    for component in components:
        if "value" in component:
            yield component["custom_id"], str(component["value"] or "")
        inner = [component["component"]] if "component" in component else []
        yield from _written([*component.get("components", []), *inner])
