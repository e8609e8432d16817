"""How a crate looks: closed, with all that may be inside, and opened."""

import hashlib
from collections.abc import Sequence
from typing import Final

import discord

from bot import look
from bot.answer import Reply
from bot.buttons import Press
from bot.economy.goods import Names
from events.decisions import loot
from events.decisions.asked import Asked
from events.decisions.effects import Crate, Thing
from events.effects import ItemUsed, Loot

PACKAGE: Final = "\N{PACKAGE}"
SPARKLES: Final = "\N{SPARKLES}"
HERE: Final = "\N{BLACK RIGHT-POINTING POINTER}"


def closed(asked: Asked, names: Names, thing: Thing, crate: Crate) -> Reply:
    """What may be inside, and the button that opens it."""
    average = int(loot.expected_value(crate.table, names.things.prices))
    embed = look.note(_table(names, crate.table), title=f"{PACKAGE} {thing.name}")
    embed.set_footer(
        text=f"{names.coin.words(average)} on average; things the shop does not sell not counted"
    )
    view = discord.ui.View(timeout=None)
    arguments = [str(asked.user_id), str(asked.interaction_id), thing.item_id, digest(thing)]
    view.add_item(
        Press("crate", arguments, label="Open", style=discord.ButtonStyle.success, emoji=PACKAGE)
    )
    return Reply(embed, view)


def _table(names: Names, table: Sequence[Loot], prize: Loot | None = None) -> str:
    lines = []
    for one in table:
        what = names.quantity(one.currency, one.amount)
        lines.append(f"`{one.percent:>3} %` {what}" + (f" {HERE}" if one is prize else ""))
    return "\n".join(lines)


def digest(thing: Thing) -> str:
    """What the button remembers of the effect that was shown."""
    return hashlib.sha256((thing.effect or "").encode()).hexdigest()[:8]


def opened(names: Names, used: ItemUsed, roll: int) -> discord.Embed:
    """What was in it, beside what could have been."""
    prize = loot.found(used.loot, roll)
    what = names.quantity(prize.currency, prize.amount)
    embed = look.note(
        f"<@{used.user_id}> opened it and found {what} {SPARKLES}\n\n"
        f"{_table(names, used.loot, prize)}",
        colour=look.GREEN,
        title=f"{PACKAGE} {names.things.thing(used.item).name}",
    )
    embed.add_field(name="Drawn", value=f"{roll} of 0 to 99\nseed `{used.seed}`")
    return embed
