"""Any command with any options: what a member could pick, drawn from the command itself.

Nothing here knows a command by name, so one that is added takes part unasked.
"""

from random import Random
from typing import Any

from discord import AppCommandOptionType, ChannelType, app_commands

from bot.client import Tallystick
from tests.support.simulator import World

Slash = app_commands.Command[Any, ..., Any]
TEXTS = ("all", "10", "250", "99999999", "-3", "nonsense", "Europe/Berlin", "2h")
AMOUNTS = (1, 2, 7, 100, 450, 10_000, 10**12)


def commands(bot: Tallystick) -> list[Slash]:
    """Every slash command, those in groups too, by name."""
    found = [c for c in bot.tree.walk_commands() if isinstance(c, app_commands.Command)]
    return sorted(found, key=lambda command: command.qualified_name)


async def options(w: World, actor: Any, command: Slash, dice: Random) -> dict[str, Any]:
    """A value for each option; those that may be left out sometimes are."""
    return {
        parameter.display_name: dice.choice(await _values(w, actor, command, parameter))
        for parameter in command.parameters
        if parameter.required or dice.random() < 0.5
    }


async def _values(
    w: World, actor: Any, command: Slash, parameter: app_commands.Parameter
) -> list[Any]:
    kind = parameter.type
    if parameter.choices:
        return [choice.value for choice in parameter.choices]
    if kind in (AppCommandOptionType.user, AppCommandOptionType.mentionable):
        return [w.alice, w.bob, w.admin]
    if kind is AppCommandOptionType.role:
        return [w.role]
    if kind is AppCommandOptionType.channel:
        types = parameter.channel_types or [ChannelType.text, ChannelType.category]
        by_type = {ChannelType.text: w.channel, ChannelType.category: w.category}
        return [by_type[one] for one in types if one in by_type]
    if kind is AppCommandOptionType.boolean:
        return [True, False]
    if kind in (AppCommandOptionType.integer, AppCommandOptionType.number):
        low, high = parameter.min_value, parameter.max_value
        fitting = {a for a in (*AMOUNTS, -5, low, high) if a is not None and abs(a) < 2**53}
        return sorted(
            a for a in fitting if (low is None or a >= low) and (high is None or a <= high)
        )
    offered = []
    if parameter.autocomplete:
        name = command.qualified_name
        found = await actor.autocomplete(w.channel, name, parameter.display_name, "")
        offered = [choice["value"] for choice in found[:5]]
    longest = int(parameter.max_value or 6000)
    return offered * 4 + [text for text in TEXTS if len(text) <= longest]
