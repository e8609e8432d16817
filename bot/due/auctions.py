"""An auction whose time is over is settled: sold to the highest bid, or back to the seller."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.economy.acts import balances_of
from bot.schedule import Due
from events.decisions.auctions import Auction, end
from events.decisions.claims import after, fits
from events.engine.event import Event
from events.ledger import NOBODY
from sql.pool import Connection
from sql.reads import fetch


def where(conn: Connection, now: datetime) -> Iterable[int]:
    """The guilds with such an auction."""
    return [row["guild_id"] for row in fetch(conn, "auctions", "where_run_out", now=now)]


def decide(conn: Connection, guild_id: int, now: datetime) -> Sequence[Event]:
    """Settle them all, but for those of which somebody would get more than a wallet can hold: what
    they are about stays in escrow until there is room."""
    found = [Auction(**row) for row in fetch(conn, "auctions", "run_out", guild=guild_id, now=now)]
    members = {one.seller_id for one in found} | {one.bidder_id or NOBODY for one in found}
    balances = balances_of(conn, guild_id, members)
    facts: list[Event] = []
    for one in found:
        fact = end(guild_id, one)
        if fits(fact, balances):
            balances = after(balances, [fact])
            facts.append(fact)
    return facts


DUE = Due("auctions", ("accounts", "auctions"), where, decide)
