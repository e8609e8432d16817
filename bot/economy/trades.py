"""How a trade is found and how it looks: its sheet, and the buttons under it."""

from typing import Final

import discord

from bot import look
from bot.buttons import Press
from bot.economy.goods import Names, names_of
from bot.handle import Fact
from events.decisions.trades import Trade
from events.engine.errors import Refused
from events.trades import TradeEvent
from sql.pool import Connection
from sql.reads import fetch, fetch_one

TITLES: Final = {
    "open": "Trade",
    "settled": "Trade done",
    "cancelled": "Trade called off",
    "expired": "Trade ran out",
}
COLOURS: Final = {"open": look.GOLD, "settled": look.GREEN}
Named = tuple[Trade, Names]
"""A trade and the names of what is in it."""
_SWAP: Final = "\N{LEFT RIGHT ARROW}"
_CHECKED: Final = "\N{WHITE HEAVY CHECK MARK}"


def load(conn: Connection, guild_id: int, trade_id: int) -> Trade:
    """A trade as it stands. Raises Refused when there is none."""
    row = fetch_one(conn, "trades", "trade", guild=guild_id, trade=trade_id)
    if row is None:
        raise Refused("That trade is not known here. Open one with `/trade open`.")
    return Trade(**row)


def open_of(conn: Connection, guild_id: int, user_id: int) -> list[Trade]:
    """A member's open trades, newest first."""
    return [Trade(**r) for r in fetch(conn, "trades", "open_of", guild=guild_id, user=user_id)]


def pick(conn: Connection, guild_id: int, user_id: int, other_id: int | None) -> Trade:
    """The open trade that a member means: the one with ``other_id``, or the only one.

    Raises Refused when there is none, or more than one.
    """
    found = open_of(conn, guild_id, user_id)
    if other_id is not None:
        found = [trade for trade in found if trade.other(user_id) == other_id]
    if not found:
        raise Refused("You have no such trade open. Open one with `/trade open`.")
    if len(found) > 1:
        others = ", ".join(f"<@{trade.other(user_id)}>" for trade in found)
        raise Refused(f"You have trades open with {others}. Say which one you mean (`member`).")
    return found[0]


def shown(conn: Connection, facts: list[Fact]) -> Named:
    """The trade that a fact is about, as it stands now."""
    event = facts[-1].event
    assert isinstance(event, TradeEvent)
    return named(conn, load(conn, event.guild_id, event.trade_id), event.guild_id)


def named(conn: Connection, trade: Trade, guild_id: int) -> Named:
    """The same with the names that its sheet needs."""
    return trade, names_of(conn, guild_id)


def sheet(trade: Trade, names: Names) -> discord.Embed:
    """Both sides, what has been agreed, and what comes next."""
    embed = look.note(
        f"<@{trade.proposer_id}> {_SWAP} <@{trade.partner_id}>\n{_next(trade)}",
        title=TITLES[trade.state],
        colour=COLOURS.get(trade.state, look.GREY),
    )
    for member_id in (trade.proposer_id, trade.partner_id):
        agreed = trade.state == "settled" or trade.confirmed_by == member_id
        embed.add_field(
            name=f"{_CHECKED} Confirmed" if agreed else "Offers",
            value=f"<@{member_id}>\n{names.listed(trade.offer(member_id)) or 'nothing'}",
        )
    embed.set_footer(text=f"Version {trade.version}")
    return embed


def _next(trade: Trade) -> str:
    """What has become of it, or what to do."""
    if trade.state == "settled":
        return "Everything has changed hands."
    if trade.state != "open":
        return "Whatever was put up went back."
    until = f"It runs out {look.ago(trade.expires_at)}."
    if trade.confirmed_by is not None:
        waits_for = trade.other(trade.confirmed_by)
        return f"<@{waits_for}>, confirm to swap. Any change asks both again. {until}"
    return f"Put in what you offer; then both confirm. {until}"


def buttons(trade: Trade) -> discord.ui.View | None:
    """Offer, confirm this version, cancel, look again; nothing under a trade that is over."""
    if trade.state != "open":
        return None
    about, version = str(trade.trade_id), str(trade.version)
    empty = not (trade.proposer_offer or trade.partner_offer)
    style = discord.ButtonStyle
    view = discord.ui.View(timeout=None)
    view.add_item(Press("tradeoffer", [about], label="Offer", style=style.primary))
    view.add_item(
        Press(
            "tradeconfirm", [about, version], label="Confirm", style=style.success, disabled=empty
        )
    )
    view.add_item(Press("tradecancel", [about], label="Cancel", style=style.danger))
    view.add_item(Press("tradelook", [about], emoji=look.AGAIN))
    return view
