"""How an auction is found and how it looks: its sheet, its line in a list, and its buttons."""

from typing import Final

import discord

from bot import look
from bot.buttons import Press
from bot.economy.goods import Names, names_of
from bot.handle import Fact
from events.auctions import AuctionEvent
from events.decisions.auctions import Auction
from events.engine.errors import Refused
from sql.pool import Connection
from sql.reads import fetch, fetch_one

Named = tuple[Auction, Names]
"""An auction and the names of what it is about."""

TITLES: Final = {
    "open": "Auction",
    "sold": "Sold",
    "unsold": "Not sold",
    "cancelled": "Auction called off",
}
COLOURS: Final = {"open": look.GOLD, "sold": look.GREEN}


def load(conn: Connection, guild_id: int, auction_id: int) -> Auction:
    """An auction as it stands. Raises Refused when there is none."""
    row = fetch_one(conn, "auctions", "auction", guild=guild_id, auction=auction_id)
    if row is None:
        raise Refused("There is no such auction. Pick one from the list, or see `/auction list`.")
    return Auction(**row)


def named(conn: Connection, auction: Auction, guild_id: int) -> Named:
    """The same with the names that its sheet needs."""
    return auction, names_of(conn, guild_id)


def open_ones(
    conn: Connection, guild_id: int, *, limit: int, offset: int = 0
) -> tuple[list[Auction], Names]:
    """The auctions that end next, and the names of what they are about."""
    rows = fetch(conn, "auctions", "open", guild=guild_id, limit=limit, offset=offset)
    return [Auction(**row) for row in rows], names_of(conn, guild_id)


def counts(conn: Connection, guild_id: int, user_id: int) -> tuple[int, int]:
    """How many auctions are open, and how many of them are the member's own."""
    row = fetch_one(conn, "auctions", "counts", guild=guild_id, user=user_id)
    return (row["open"], row["own"]) if row else (0, 0)


def shown(conn: Connection, facts: list[Fact]) -> Named:
    """The auction that a fact is about, as it stands now."""
    event = facts[0].event
    assert isinstance(event, AuctionEvent)
    return named(conn, load(conn, event.guild_id, event.auction_id), event.guild_id)


def sheet(auction: Auction, names: Names) -> discord.Embed:
    """What is sold, by whom, for how much so far, until when."""
    lot = names.quantity(auction.currency, auction.quantity)
    embed = look.note(
        f"<@{auction.seller_id}> sells {lot}\n{_state(auction)}",
        title=TITLES[auction.state],
        colour=COLOURS.get(auction.state, look.GREY),
    )
    best = "none yet"
    if auction.bidder_id is not None:
        best = f"{names.quantity(auction.bid_currency, auction.bid)}\n<@{auction.bidder_id}>"
    embed.add_field(name="Price" if auction.state == "sold" else "Highest bid", value=best)
    if auction.state == "open":
        least = names.quantity(auction.bid_currency, auction.next_bid)
        embed.add_field(name="Next bid", value=f"{least} or more")
        if auction.buyout is not None:
            buyout = names.quantity(auction.bid_currency, auction.buyout)
            embed.add_field(name="Buy now", value=buyout)
    embed.set_footer(
        text=f"{look.count(auction.bids, 'bid')} \N{MIDDLE DOT} "
        f"{auction.fee_percent} % of the price go to the fees"
    )
    return embed


def _state(auction: Auction) -> str:
    """What has become of it, or until when it runs."""
    if auction.state == "sold":
        return f"to <@{auction.bidder_id}>."
    if auction.state == "open":
        return f"It ends {look.ago(auction.ends_at)}; a bid in the last two minutes adds two."
    back = " and the highest bid" if auction.bidder_id is not None else ""
    return f"The lot{back} went back."


def line(auction: Auction, names: Names) -> str:
    """One auction in a list."""
    lot = names.quantity(auction.currency, auction.quantity)
    now = names.quantity(auction.bid_currency, auction.bid or auction.minimum)
    price = f"at {now}" if auction.bidder_id is not None else f"from {now}"
    return f"{lot} {price} by <@{auction.seller_id}>, ends {look.ago(auction.ends_at)}"


def plain_line(auction: Auction, names: Names) -> str:
    """The same without markup: for the autocomplete of a command."""
    price = look.number(auction.bid or auction.minimum)
    lot = f"{look.number(auction.quantity)} \N{MULTIPLICATION SIGN} {names.title(auction.currency)}"
    word = "at" if auction.bidder_id is not None else "from"
    return f"{lot} {word} {price} {names.title(auction.bid_currency)}"[:100]


def buttons(auction: Auction) -> discord.ui.View | None:
    """The least bid, another one, the buy-out, look again; nothing once it is over."""
    if auction.state != "open":
        return None
    about, least, buyout = str(auction.auction_id), auction.next_bid, auction.buyout
    style = discord.ButtonStyle
    view = discord.ui.View(timeout=None)
    if least != buyout:
        label = f"Bid {look.number(least)}"
        view.add_item(Press("auctionbid", [about, str(least)], label=label, style=style.primary))
        view.add_item(Press("auctionask", [about], label="Bid more"))
    if buyout is not None:
        label = f"Buy now for {look.number(buyout)}"
        view.add_item(Press("auctionbid", [about, str(buyout)], label=label, style=style.success))
    view.add_item(Press("auctionlook", [about], emoji=look.AGAIN))
    return view
