"""A Discord interaction as a :class:`bot.handle.Call`: names, numbers and ids, no free text."""

from typing import Any, Final

import discord
from discord import app_commands

from bot.handle import Call
from events.decisions.asked import Asked
from events.interactions import Kind, OptionValue

_SUBCOMMAND, _GROUP, _STRING, _INTEGER, _BOOLEAN = 1, 2, 3, 4, 5
_IDS: Final = {6, 7, 8, 9}
PREVIEW: Final = "preview"
"""The option under which the click that confirms tells what it confirms."""
_MENUS: Final[dict[int, Kind]] = {2: "user_menu", 3: "message_menu"}


def call_of(interaction: discord.Interaction[Any], *, preview: int | None = None) -> Call:
    """Who asked what; by whose ``preview``, if this confirms one. A direct message belongs to
    stream 0."""
    data: dict[str, Any] = dict(interaction.data or {})
    kind, name = _kind_and_name(interaction, data)
    asked = Asked(
        guild_id=interaction.guild_id or 0,
        interaction_id=interaction.id,
        user_id=interaction.user.id,
        channel_id=interaction.channel_id,
    )
    options = _options(interaction, data.get("options", []))
    return Call(asked, kind, name, options if preview is None else {PREVIEW: preview})


def _kind_and_name(interaction: discord.Interaction[Any], data: dict[str, Any]) -> tuple[Kind, str]:
    if interaction.type is discord.InteractionType.application_command:
        command = interaction.command
        name = command.qualified_name if command is not None else str(data.get("name"))
        return _MENUS.get(int(data.get("type", 1)), "slash"), name
    name = str(data.get("custom_id", "")).partition(":")[0] or "unknown"
    if interaction.type is discord.InteractionType.modal_submit:
        return "modal", name
    is_button = data.get("component_type") == discord.ComponentType.button.value
    return "button" if is_button else "select", name


def _options(
    interaction: discord.Interaction[Any], options: list[dict[str, Any]]
) -> dict[str, OptionValue]:
    """Numbers, booleans, ids and fixed choices; free text is left out."""
    command = interaction.command
    found: dict[str, OptionValue] = {}
    for option in options:
        kind, value = option["type"], option.get("value")
        if kind in (_SUBCOMMAND, _GROUP):
            found.update(_options(interaction, option.get("options", [])))
        elif kind in (_INTEGER, _BOOLEAN):
            found[option["name"]] = value
        elif kind in _IDS and value is not None:
            found[option["name"]] = int(value)
        elif kind == _STRING and _is_choice(command, option["name"], value):
            found[option["name"]] = value
        else:
            found[option["name"]] = None
    return found


def _is_choice(command: object, name: str, value: object) -> bool:
    """Whether the text is one of the choices that we offer ourselves."""
    if not isinstance(command, app_commands.Command):
        return False
    parameter = command.get_parameter(name)
    return parameter is not None and value in [choice.value for choice in parameter.choices]
