"""How places, sources and multipliers are shown, and how an admin names them."""

from typing import Final

import discord
from discord import app_commands

from bot import autocomplete, look
from bot.answer import Interaction
from events.multipliers import ANY, category, group, role
from projections.points.rates import SOURCES

ALL: Final = "everything"


def kind_of(what: str) -> tuple[str, str]:
    """``category:41`` as its kind and its name."""
    kind, _, name = what.partition(":")
    return kind, name


def what_of(kind: str, name: str) -> str | None:
    """The place or role that a button names; None for what no button of ours says."""
    if kind == "group":
        return group(name)
    if kind in {"category", "role"} and name.isdecimal() and len(name) < 20:
        return category(int(name)) if kind == "category" else role(int(name))
    return None


def shown(what: str) -> str:
    """A place or role as Discord shows it."""
    kind, name = kind_of(what)
    if kind == "role":
        return f"<@&{name}>"
    return f"<#{name}>" if kind == "category" else f"the group **{name}**"


def source_words(source: str) -> str:
    """A source in words."""
    return ALL if source == ANY else source.replace("_", " ")


def counts(percent: int | None) -> str:
    """What something counts."""
    return "as usual" if percent is None else f"{look.hundredths(percent)} times"


async def sources(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The sources whose name contains what was typed."""
    return autocomplete.matching(current, [(source_words(key), key) for key in (ANY, *SOURCES)])


def wanted(
    in_category: discord.CategoryChannel | None, of_role: discord.Role | None, name: str | None
) -> list[str]:
    """Everything that the admin has named: it should be one."""
    named = []
    if in_category is not None:
        named.append(category(in_category.id))
    if of_role is not None:
        named.append(role(of_role.id))
    if name is not None:
        named.append(group(name))
    return named
