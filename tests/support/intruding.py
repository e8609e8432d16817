"""Somebody who tries what they should not: commands that Discord hides from them, others' buttons,
custom ids that were never given out. And what must be so afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, Final

import discord
from discord import app_commands

from bot.client import Tallystick
from events.engine.event import RULE_PREFIX, Event
from events.interactions import InteractionUsed
from events.ledger import LedgerEvent
from tests.support.pressing import facts
from tests.support.simulator import World
from tests.support.wealth import give

Slash = app_commands.Command[Any, ..., Any]
STRANGE: Final = (
    *("0", "-1", "1", "999999999", str(2**63), "9" * 40, "", "x" * 60, "None", "coins", "\u0663"),
    *("1e9", "0x10", "..", "a.b", "true", "confirm", "_"),
)
"""What a forged custom id may carry in the place of an argument."""


def walk(bot: Tallystick) -> list[Slash]:
    """Every slash command by name."""
    found = [c for c in bot.tree.walk_commands() if isinstance(c, app_commands.Command)]
    return sorted(found, key=lambda command: command.qualified_name)


def is_hidden(command: Slash) -> bool:
    """Whether Discord shows it, or the group that it is in, to admins only."""
    step: Any = command
    while step is not None:
        if step.default_permissions is not None:
            return True
        step = step.parent
    return False


def stranger(w: World, name: str = "mallory") -> Any:
    """A member without any right, but with money, for whom everything is on show."""
    found = w.guild.add_member(w.env.create_user(name))
    give(w.database, w.guild.id, found.id, coins=100_000)
    return found


def reveal_commands(w: World) -> None:
    """As if an admin had opened every command to everybody (Server Settings, Integrations)."""
    for commands in w.env.backend.commands.values():
        for command in commands.values():
            command["default_member_permissions"] = None


def reveal(w: World, message: Any) -> Any:
    """As if a message that only one member sees were seen by all; gives it as it is stored."""
    stored = w.env.backend.get_message(w.channel.id, message.id)
    stored.flags &= ~64
    for name in ("ephemeral_to", "visible_to_ids", "ephemeral_user_id"):
        if hasattr(stored, name):
            setattr(stored, name, None)
    return stored


def forged(custom_id: str, dice: Random, ids: list[str]) -> str:
    """``custom_id`` with one or two of its arguments changed, dropped or doubled."""
    what, *arguments, way = custom_id.split(":")
    for _ in range(dice.randint(1, 2)):
        if not arguments:
            arguments = [dice.choice(STRANGE)]
            continue
        place = dice.randrange(len(arguments))
        match dice.randrange(6):
            case 0:
                del arguments[place]
            case 1:
                arguments.insert(place, dice.choice(STRANGE))
            case 2 | 3:
                arguments[place] = dice.choice(ids)
            case _:
                arguments[place] = dice.choice(STRANGE)
    return ":".join([what, *arguments, way])[:100]


def set_id(stored: Any, old: str, new: str) -> None:
    """Put another custom id on a button of a stored message."""
    for row in stored.components:
        for one in row["components"]:
            if one.get("custom_id") == old:
                one["custom_id"] = new


@contextmanager
def harmless(w: World, who: Any, *, nothing: bool = False) -> Iterator[None]:
    """Whatever is done in the block takes nothing from anybody but ``who`` and changes no rule;
    with ``nothing`` it brings about nothing at all."""
    before = len(facts(w))
    yield
    new = facts(w)[before:]
    for event in new:
        assert harm(event, who.id) is None, (harm(event, who.id), event)
    if nothing:
        assert [e.event_type for e in new if not isinstance(e, InteractionUsed)] == []


def harm(event: Event, user_id: int) -> str | None:
    """What ``event``, brought about by a member without rights, does to others; None if nothing."""
    if event.source_id.startswith(RULE_PREFIX):
        return "it changes a rule"
    if isinstance(event, LedgerEvent):
        for posting in event.postings:
            _, _, owner = posting.account.partition(":")
            if posting.amount < 0 and owner.isdecimal() and int(owner) != user_id:
                return f"it takes {posting.amount} from {posting.account}"
    return None


def permissions_of(names: str) -> discord.Permissions:
    """The permissions named, with spaces between."""
    return discord.Permissions(**dict.fromkeys(names.split(), True))
