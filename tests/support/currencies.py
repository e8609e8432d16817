"""Currencies beside the coins, and money in them, by the commands that make them."""

from typing import Any

from tests.support.simulator import World, text

GEM = "\N{GEM STONE}"
GEMS = {"currency": "gems", "name": "gem", "plural": "gems", "emoji": GEM}


async def confirmed(w: World, command: str, **options: Any) -> str:
    """An admin's change of a currency, asked for and confirmed."""
    asked = await w.admin.slash(w.channel, f"currency {command}", **options)
    return text(await w.admin.click(asked.response, label="Confirm"))


async def grant(w: World, member: Any, amount: int, currency: str | None = None) -> str:
    """New money for a member."""
    more = {} if currency is None else {"currency": currency}
    asked = await w.admin.slash(w.channel, "economy grant", to=member, amount=amount, **more)
    return text(await w.admin.click(asked.response, label="Confirm"))
