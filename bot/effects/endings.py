"""Says in the channel how an auction, a trade or a wager ended that nobody ended.

What the scheduler settles has no member who waits for a reply, so it is told where it began, once,
in answer to the message that shows it, which loses its buttons if it can be found. The place in
each guild's log up to which everything has been told is kept as a checkpoint, which moves before
anything is said. A restart so neither repeats nor forgets; what Discord does not let us say is
logged and left. A log that was never followed, or has grown by very much at once (an import), holds
no news: it is followed from its end.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import discord
import structlog

from bot import look
from bot.commands.wager import end_sheet
from bot.economy import auctions, trades
from bot.economy.holdings import coin_of
from bot.handle import look_up, recorded
from events.auctions import AuctionReturned, AuctionSold, AuctionStarted
from events.engine.catalogue import StoredEvent, decode
from events.engine.event import Event
from events.games import WagerClosed, WagerOffered
from events.interactions import InteractionUsed
from events.trades import TradeEnded, TradeOpened
from sql import checkpoints, lake
from sql.errors import DatabaseError
from sql.pool import ALL_GUILDS, Connection, Database

NAME: Final = "effect:endings"
SECONDS: Final = 15.0
START_SECONDS: Final = 1.0
PAGE: Final = 1_000
FAR: Final = 10_000
"""Events behind which a log holds no news."""
NEAR: Final = 50
"""Messages after an interaction among which the reply to it is looked for."""
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


class Endings:
    """Follows the logs of the guilds that the client is in."""

    def __init__(self, client: discord.Client, database: Database) -> None:
        """Nothing runs before :meth:`run`."""
        self._client = client
        self._database = database

    async def run(self) -> None:
        """Tell what is new again and again, until cancelled."""
        while True:
            await asyncio.sleep(SECONDS if await self.once() else START_SECONDS)

    async def once(self) -> bool:
        """One round; whether Discord was there for it. Never raises: it is tried again."""
        if not self._client.is_ready():
            return False
        try:
            for guild_id in await asyncio.to_thread(self._behind):
                guild = self._client.get_guild(guild_id)
                if guild is not None and not guild.unavailable:
                    for ending in await asyncio.to_thread(self._take, guild_id):
                        await _tell(guild, ending)
        except DatabaseError as error:
            log.warning("endings_wait", error=str(error).splitlines()[0])
        except Exception:  # a bug must be seen, and must not end what goes on around it
            log.exception("endings_failed")
        return True

    def _behind(self) -> list[int]:
        with self._database.transaction(ALL_GUILDS) as conn:
            return checkpoints.lagging(conn, [NAME], MOST_GUILDS)

    def _take(self, guild_id: int) -> list[Ending]:
        """The endings on the next page of a guild's log, which count as told from now on."""
        with self._database.transaction(guild_id) as conn:
            taken = checkpoints.take(conn, guild_id, [NAME], wait=False)
            if not taken:
                return []
            told, head = taken[0].position, lake.heads(conn).get(guild_id, 0)
            if not told or head - told > FAR:
                checkpoints.advance(conn, {(guild_id, NAME): head})
                return []
            rows = lake.read(conn, guild_id, told, PAGE)
            if rows:
                checkpoints.advance(conn, {(guild_id, NAME): rows[-1].position})
        events = [(decode(row), row.position) for row in rows if row.event_type in KINDS]
        pressed = _caused(rows) if events else set()
        events = [(event, at) for event, at in events if event.source_id not in pressed]
        if not events:
            return []
        return look_up(
            self._database,
            guild_id,
            reads=READS,
            show=lambda conn: [
                found for event, at in events if (found := ending(conn, event, at)) is not None
            ],
        )


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


async def _tell(guild: discord.Guild, told: Ending) -> None:
    """Say it, if the channel is still there and Discord lets us."""
    channel = guild.get_channel_or_thread(told.channel_id)
    if not isinstance(channel, discord.abc.Messageable):
        return
    shown = await _shown(channel, guild.me, told.began_id)
    try:
        if shown is None:
            await channel.send(embed=told.embed, allowed_mentions=look.NO_MENTIONS)
        else:
            await shown.reply(embed=told.embed, allowed_mentions=look.NO_MENTIONS)
            await shown.edit(embed=told.embed, view=None)
    except discord.HTTPException as error:
        log.warning(
            "ending_refused",
            guild=guild.id,
            channel=told.channel_id,
            status=error.status,
            code=error.code,
        )


async def _shown(
    channel: discord.abc.Messageable, me: discord.Member, began_id: int
) -> discord.Message | None:
    """Our reply to the interaction with which it began: among the first messages after it, as far
    as Discord lets us read them."""
    with suppress(discord.HTTPException):
        async for message in channel.history(limit=NEAR, after=discord.Object(began_id)):
            asked = message.interaction_metadata
            if message.author.id == me.id and asked is not None and asked.id == began_id:
                return message
    return None
