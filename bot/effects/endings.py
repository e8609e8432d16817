"""Finds in the log how an auction, a trade or a wager ended that nobody ended, and puts it by.

What the scheduler settles has no member who waits for a reply, so it is told where it began, once,
in answer to the message that shows it, which loses its buttons if it can be found. The place in
each guild's log up to which everything has been found is kept as a checkpoint, which moves in the
transaction that puts by what is to be told; the rest is done as with all notices. A log that was
never followed, or has grown by very much at once (an import), holds no news: it is followed from
its end.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import discord
import structlog

from bot.commands.wager import end_sheet
from bot.economy import auctions, trades
from bot.economy.holdings import coin_of
from bot.handle import recorded
from events.auctions import AuctionReturned, AuctionSold, AuctionStarted
from events.engine.catalogue import StoredEvent, decode
from events.engine.event import Event
from events.games import WagerClosed, WagerOffered
from events.interactions import InteractionUsed
from events.trades import TradeEnded, TradeOpened
from projections.engine.advance import catch_up
from projections.engine.read_model import read_models
from sql import checkpoints, lake, notices
from sql.errors import DatabaseError
from sql.pool import ALL_GUILDS, Connection, Database

NAME: Final = "effect:endings"
PAGE: Final = 1_000
FAR: Final = 10_000
"""Events behind which a log holds no news."""
MOST_GUILDS: Final = 100_000
READS: Final = ("accounts", "auctions", "shop", "trades")
KINDS: Final = frozenset(
    kind.event_type for kind in (AuctionSold, AuctionReturned, TradeEnded, WagerClosed)
)

log = structlog.get_logger("tallystick.endings")


@dataclass(frozen=True, slots=True)
class Ending:
    """What is to be said in a channel, in answer to the reply to the interaction ``began_id``."""

    channel_id: int
    began_id: int
    embed: discord.Embed


def take_in(database: Database, now: datetime, guilds: Collection[int]) -> int:
    """One page of each of these guilds that has gone on; how much there is to tell."""
    with database.transaction(ALL_GUILDS) as conn:
        behind = checkpoints.lagging(conn, [NAME], MOST_GUILDS)
    found = 0
    for guild_id in behind:
        if guild_id in guilds:
            try:
                found += _take(database, guild_id, now)
            except DatabaseError:
                raise
            except Exception:  # one guild's trouble must not silence the others
                log.exception("endings_not_found", guild=guild_id)
    return found


def _take(database: Database, guild_id: int, now: datetime) -> int:
    """Take one page of a guild's log: put by what has ended, move on."""
    with database.transaction(guild_id) as conn:
        taken = checkpoints.take(conn, guild_id, [NAME], wait=False)
        if not taken:
            return 0
        told, head = taken[0].position, lake.heads(conn).get(guild_id, 0)
        if not told or head - told > FAR:
            checkpoints.advance(conn, {(guild_id, NAME): head})
            return 0
        rows = lake.read(conn, guild_id, told, PAGE)
        if not rows:
            return 0
        ended = _ended(conn, guild_id, rows)
        for position, one in ended:
            notices.take(
                conn,
                guild_id,
                position,
                kind="ending",
                user=None,
                channel=one.channel_id,
                words="",
                now=now,
                began=one.began_id,
                sheet=dict(one.embed.to_dict()),
            )
        checkpoints.advance(conn, {(guild_id, NAME): rows[-1].position})
        return len(ended)


def _ended(
    conn: Connection, guild_id: int, rows: Sequence[StoredEvent]
) -> list[tuple[int, Ending]]:
    """What is to be said of a page, by position."""
    events = [(decode(row), row.position) for row in rows if row.event_type in KINDS]
    pressed = _caused(rows) if events else set()
    events = [(event, at) for event, at in events if event.source_id not in pressed]
    if not events:
        return []
    catch_up(conn, guild_id, [read_models()[name] for name in READS])
    found = [(at, ending(conn, event, at)) for event, at in events]
    return [(at, one) for at, one in found if one is not None]


def _caused(rows: Sequence[StoredEvent]) -> set[str]:
    """The keys of what came of buttons: whoever pressed has seen it on the message. A late press
    finds a wager run out before the scheduler does."""
    used = [decode(row) for row in rows if row.event_type == InteractionUsed.event_type]
    return {
        key
        for one in used
        if isinstance(one, InteractionUsed) and one.kind == "button"
        for key in one.caused
    }


def ending(conn: Connection, event: Event, position: int) -> Ending | None:
    """What is to be said of an event; None when it is none that time brought."""
    guild_id, began = event.guild_id, type(event)
    if isinstance(event, AuctionSold | AuctionReturned):
        auction = auctions.load(conn, guild_id, event.auction_id)
        if event.occurred_at != auction.ends_at:
            return None
        began_id, began = event.auction_id, AuctionStarted
        embed = auctions.sheet(*auctions.named(conn, auction, guild_id))
    elif isinstance(event, TradeEnded) and event.outcome == "expired":
        began_id, began = event.trade_id, TradeOpened
        trade = trades.load(conn, guild_id, event.trade_id)
        embed = trades.sheet(*trades.named(conn, trade, guild_id))
    elif isinstance(event, WagerClosed) and event.end == "expired":
        began_id, began = event.wager_id, WagerOffered
        embed = end_sheet(event, position, coin_of(conn, guild_id))
    else:
        return None
    first = recorded(conn, guild_id, f"{began_id}:{began.event_type}")
    if first is None or first.channel_id is None:
        return None
    return Ending(first.channel_id, began_id, embed)
