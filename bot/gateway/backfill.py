"""Fetches what was missed: for each gap on record the messages, reactions, votes, threads, members.

A gap is open until ``gap_filled`` is recorded, so a bot that dies in between begins anew, and what
was fetched already is the same facts under the same keys. Everything goes through capture's queue,
behind what came in before it. What changes while it is being fetched is fetched once more: a
message of which the gateway tells something meanwhile would otherwise be taken back in time. What
is told of members is what the client's cache says of them at the moment at which it is queued.

What Discord does not keep cannot be fetched: deleted messages, edits before the last one, reactions
and votes that were given and taken back, who came and went, and who was in voice when (a stay ends
where it was last proven). Reactions to messages older than ``REACTED`` are not looked at, and what
is in a message, its poll too, Discord shows only with the Message Content intent.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Protocol

import discord
import structlog

from bot import metrics
from bot.gateway import history, retelling
from bot.gateway.client_view import arrival
from bot.gateway.history import Payload
from bot.gateway.retelling import Gap, Known
from bot.gateway.seen import Arrival, Seen, Standing
from bot.handle import look_up
from events.engine.snowflake import created_at, from_ms, snowflake_at, to_ms
from events.gaps import GapFilled
from sql.arrays import array
from sql.errors import DatabaseError
from sql.pool import ALL_GUILDS, Connection, Database
from sql.reads import Row, fetch

SECONDS: Final = 5.0
"""Between two looks for gaps."""
TOGETHER: Final = 4
"""Guilds that are fetched at the same time."""
REACTED: Final = timedelta(days=1)
"""Reactions to messages of so long before a gap are compared too, at most a page a channel."""
BRIEF: Final = timedelta(minutes=5)
"""After a gap shorter than that only forums are asked for what was archived in it. Elsewhere hardly
anybody archives a thread by hand, Discord does not within the hour, and there is one request for
each channel, in every server at each start."""
AGAIN: Final = timedelta(minutes=1)
"""How long a gap waits when Discord or the database did not answer."""
UNCACHED: Final = frozenset({"dispatch", "unavailable", "operator"})
"""Causes of gaps after which the client's caches may be wrong: it got no new session."""
UNANSWERED: Final = 10.0
"""Seconds until we believe that Discord will not say who the members are, besides those that it
takes for many."""
MEMBERS_A_SECOND: Final = 5_000
BREATH: Final = 200
"""Members that are looked at in one go, before others have their turn."""
TRIES: Final = 3

Step = Seen | Standing
Rooms = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread

log = structlog.get_logger("tallystick.backfill")


class Queue(Protocol):
    """The part of capture that the backfill needs."""

    async def room(self) -> None:
        """Wait until little is waiting."""

    def take(self, steps: Iterable[Step]) -> None:
        """Queue ``steps`` behind everything that came in. Raises asyncio.QueueFull."""

    def touched(self, place: int) -> AbstractContextManager[set[int]]:
        """The messages of a channel, or the members of a guild, of which something comes in
        meanwhile."""


@dataclass(slots=True)
class Counts:
    """What was done about a gap: the fields of ``gap_filled``."""

    channels: int = 0
    forbidden: int = 0
    cut: int = 0
    messages: int = 0
    reactions: int = 0
    people: int = 0


@dataclass(slots=True)
class _Filling:
    """One gap that is being filled."""

    guild: discord.Guild
    gap: Gap
    around: Arrival
    counts: Counts = field(default_factory=Counts)


class Backfill:
    """Fills the gaps of the guilds that a client is in."""

    def __init__(
        self,
        client: discord.Client,
        database: Database,
        queue: Queue,
        clock: Callable[[], datetime],
        *,
        most: int,
        may_act: Callable[[], bool] = lambda: True,
    ) -> None:
        """``most`` messages are read of a channel; with 0 nothing is fetched at all. While
        ``may_act`` says no, no gap is begun with."""
        self._client = client
        self._database = database
        self._queue = queue
        self._clock = clock
        self._most = most
        self._may_act = may_act
        self._later: dict[tuple[int, int], datetime] = {}

    async def run(self) -> None:
        """Fill whatever gap there is, again and again, until cancelled."""
        while True:
            await asyncio.sleep(SECONDS)
            if self._most and self._client.is_ready():
                await self.once()

    async def once(self) -> int:
        """Fill the gaps that are open now; how many were filled. Never raises: what did not
        succeed is tried again later."""
        try:
            rows = await asyncio.to_thread(self._open)
        except DatabaseError as error:
            log.warning("backfill_waits", error=str(error).splitlines()[0])
            return 0
        places = asyncio.Semaphore(TOGETHER)

        async def one(row: Row) -> bool:
            async with places:
                return await self._try(row)

        return sum(await asyncio.gather(*map(one, rows)))

    def _open(self) -> list[Row]:
        guilds = array("bigint", [g.id for g in self._client.guilds if not g.unavailable])
        with self._database.transaction(ALL_GUILDS) as conn:
            rows = fetch(conn, "gaps", "open", guilds=guilds)
        now = self._clock()
        return [row for row in rows if self._later.get(_key(row), now) <= now]

    async def _try(self, row: Row) -> bool:
        guild = self._client.get_guild(row["guild_id"])
        if guild is None or guild.unavailable or not self._may_act():
            return False
        gap = Gap(
            guild.id,
            from_ms(row["began_ms"]),
            from_ms(row["ended_ms"]),
            uncached=row["cause"] in UNCACHED,
        )
        filling = _Filling(guild, gap, retelling.at_the_end(gap, arrival(self._client, gap.ended)))
        try:
            await self._fill(filling)
        except (discord.DiscordException, DatabaseError, OSError, TimeoutError) as error:
            self._later[_key(row)] = self._clock() + AGAIN
            log.warning("gap_waits", guild=guild.id, error=type(error).__name__)
            return False
        except Exception as error:  # one guild's must not end the others'
            self._later[_key(row)] = self._clock() + AGAIN
            log.error("gap_failed", guild=guild.id, error=type(error).__name__)
            return False
        self._later.pop(_key(row), None)
        return True

    async def _fill(self, filling: _Filling) -> None:
        await self._people(filling)
        threads = await self._threads(filling)
        for thread in threads:
            await self._give(partial(retelling.of_thread, thread, filling.gap, filling.around))
        for channel in rooms(filling.guild, threads, filling.gap):
            await self._channel(filling, channel)
        counts = {name: getattr(filling.counts, name) for name in Counts.__slots__}
        began_ms = to_ms(filling.gap.began)
        fact = GapFilled(
            guild_id=filling.guild.id,
            source_id=f"gap_filled:{began_ms}",
            occurred_at=self._clock(),
            began_ms=began_ms,
            **counts,
        )
        await self._give(lambda: [fact])
        metrics.GAPS_FILLED.inc()
        log.info("gap_filled", guild=filling.guild.id, **counts)

    # Members

    async def _people(self, filling: _Filling) -> None:
        guild, gap, around = filling.guild, filling.gap, filling.around
        if filling.gap.uncached or not guild.chunked:
            await self._cache(guild)
        known = await asyncio.to_thread(self._known, guild.id)

        def told(user_id: int) -> Iterable[Step]:
            member = guild.get_member(user_id)
            if member is None:
                return retelling.of_absent(user_id, gap, around)
            return retelling.of_member(member, known.get(user_id), gap, around)

        people = {member.id for member in guild.members} | known.keys()
        for number, user_id in enumerate(people - {guild.me.id}, 1):
            if number % BREATH == 0:
                await asyncio.sleep(0)
            await self._give(partial(told, user_id))
            filling.counts.people += 1

    async def _cache(self, guild: discord.Guild) -> None:
        """Have the cache hold the members as they are. discord.py leaves those as they were whom it
        has, also those who left; of whom the gateway told something meanwhile it knows better."""
        with self._queue.touched(guild.id) as touched:
            members = await self._members(guild)
            present = {member.id for member in members}
            for gone in [one for one in guild.members if one.id not in present | touched]:
                guild._remove_member(gone)
            for member in members:
                if member.id not in touched:
                    guild._add_member(member)

    async def _threads(self, filling: _Filling) -> Sequence[discord.Thread]:
        """The threads that are open, and those that were archived since the gap began and are not
        from long before; the cache does not know one whose opening was skipped."""
        guild, gap = filling.guild, filling.gap
        open_ones = await guild.active_threads() if gap.uncached else guild.threads
        found = {thread.id: thread for thread in open_ones}
        long = gap.ended - gap.began >= BRIEF
        for channel in [*guild.forums, *(guild.text_channels if long else ())]:
            try:
                threads = await history.archived(channel, gap.since, self._most)
            except (discord.Forbidden, discord.NotFound):
                continue
            if len(threads) >= self._most:
                filling.counts.cut += 1
            found |= {one.id: one for one in threads if _in_use(one, gap) or _opened_in(gap, one)}
        return list(found.values())

    async def _members(self, guild: discord.Guild) -> Sequence[discord.Member]:
        """Who is a member, by Discord. What was asked on a connection that is gone is never
        answered, and discord.py has whoever asks once more wait for that: so it is forgotten."""
        seconds = UNANSWERED + (guild.member_count or 0) / MEMBERS_A_SECOND
        try:
            return await asyncio.wait_for(guild.chunk(), seconds) or guild.members
        except TimeoutError:
            guild._state._chunk_requests.pop(guild.id, None)
            return await asyncio.wait_for(guild.chunk(), seconds) or guild.members

    def _known(self, guild_id: int) -> dict[int, Known]:
        def load(conn: Connection) -> dict[int, Known]:
            return {
                row["user_id"]: Known(row["name"], row["avatar"], tuple(row["roles"] or ()))
                for row in fetch(conn, "profiles", "people", guild=guild_id)
            }

        return look_up(self._database, guild_id, reads=["profiles"], show=load)

    # Channels

    async def _channel(self, filling: _Filling, channel: Rooms) -> None:
        allowed = channel.permissions_for(filling.guild.me)
        if not (allowed.view_channel and allowed.read_message_history):
            filling.counts.forbidden += 1
            return
        try:
            await self._before(filling, channel.id)
            await self._during(filling, channel.id)
        except discord.Forbidden:
            filling.counts.forbidden += 1
        except discord.NotFound:
            pass  # the channel has been deleted
        else:
            filling.counts.channels += 1

    async def _before(self, filling: _Filling, channel_id: int) -> None:
        """Edits of and reactions to the last messages before the gap; none is from before us."""
        joined = filling.guild.me.joined_at or filling.gap.began
        oldest = max(filling.gap.since - REACTED, joined)
        with self._queue.touched(channel_id) as touched:
            first = snowflake_at(filling.gap.since)
            for message in await history.before(self._client.http, channel_id, first):
                if created_at(int(message["id"])) >= oldest:
                    await self._message(filling, message, touched)

    async def _during(self, filling: _Filling, channel_id: int) -> None:
        """Messages of the gap, and what became of them."""
        read, first = 0, snowflake_at(filling.gap.since)
        with self._queue.touched(channel_id) as touched:
            async for page in history.after(self._client.http, channel_id, first):
                for message in page:
                    if not filling.gap.holds(created_at(int(message["id"]))):
                        return
                    if read == self._most:
                        filling.counts.cut += 1
                        return
                    await self._message(filling, message, touched)
                    filling.counts.messages += 1
                    read += 1

    async def _message(self, filling: _Filling, message: Payload, touched: set[int]) -> None:
        """Take a message with its reactions and votes; read it anew if the gateway told something
        of it meanwhile, and leave it to the gateway if that goes on."""
        http, message_id = self._client.http, int(message["id"])
        channel_id = int(message["channel_id"])
        for _ in range(TRIES):
            if message_id in touched:
                touched.discard(message_id)
                try:
                    fetched: Any = await http.get_message(channel_id, message_id)
                except discord.NotFound:
                    return
                message = fetched
            reacted = await history.reacted(http, message)
            voted = await history.voted(http, message) if message.get("poll") else None
            await self._queue.room()
            if message_id not in touched:
                self._queue.take(_told(filling, message, reacted, voted))
                filling.counts.reactions += 1
                return
        log.warning("message_in_motion", guild=filling.guild.id, message_id=message_id)

    async def _give(self, tell: Callable[[], Iterable[Step]]) -> None:
        """Queue what is to be told, as it is when there is room for it."""
        await self._queue.room()
        if steps := list(tell()):
            self._queue.take(steps)


def _told(
    filling: _Filling,
    message: Payload,
    reacted: Iterable[tuple[Payload, Payload]],
    voted: Iterable[tuple[int, Payload]] | None,
) -> Iterator[Step]:
    """A message with its author as the cache has them now."""
    told = retelling.message_told(message, filling.guild)
    yield from retelling.of_message(told, filling.gap, filling.around)
    yield retelling.of_reactions(told, reacted, filling.around)
    if voted is not None:
        yield retelling.of_poll(told, voted, filling.around)


def rooms(guild: discord.Guild, threads: Iterable[discord.Thread], gap: Gap) -> list[Rooms]:
    """The channels of a guild, and its ``threads``, in which something may have been missed: those
    whose last message, by the client's caches, is not from long before the gap."""
    found: list[Rooms] = [
        *guild.text_channels,
        *guild.voice_channels,
        *guild.stage_channels,
        *threads,
    ]
    return [channel for channel in found if gap.uncached or _in_use(channel, gap)]


def _in_use(channel: Rooms, gap: Gap) -> bool:
    last = channel.last_message_id
    return last is not None and created_at(last) >= gap.since - REACTED


def _opened_in(gap: Gap, thread: discord.Thread) -> bool:
    return gap.holds(thread.created_at or created_at(thread.id))


def _key(row: Row) -> tuple[int, int]:
    return row["guild_id"], row["began_ms"]
