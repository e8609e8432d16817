"""Tells members and servers of levels, badges, achievements, awards, seasons and what has ended,
each once.

What waits to be told is in the table ``notices``; it is joined into one message for a place and
kind, and each message is marked as tried before it is sent (``bot/effects/posting.py`` says how one
that may be there is not sent twice). What Discord does not take is tried again after growing
pauses; where it takes nothing at all, the rest waits (``bot/effects/breakers.py``). After
:data:`NEWS` it is no news any more and dropped, and so is what is too much; both are counted.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import discord
import structlog

from bot import look, metrics
from bot.backoff import Dice, pause
from bot.effects import endings, telling
from bot.effects.breakers import Gates, way_to
from bot.effects.posting import Outcome, Post, marked, nonce, post
from bot.effects.together import at_once
from events.engine.errors import CannotRead
from projections.engine.ruling import rules_now
from sql import breakers, checkpoints, notices
from sql.errors import DatabaseError
from sql.notices import Row
from sql.pool import ALL_GUILDS, Database

SECONDS: Final = 2.0
GUILDS_AT_ONCE: Final = 8
"""One guild that Discord slows down does not hold up the others."""
REST: Final = timedelta(seconds=30)
"""How long a guild is left alone in which nothing could be sent."""
NEWS: Final = timedelta(days=3)
"""How long something waits that cannot be told; later nobody wants to hear it."""
MOST_WAITING: Final = 2_000
"""Notices that wait in one guild; the oldest are dropped for newer ones."""
FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(hours=1)
MOST_ATTEMPTS: Final = 3
"""How often a message is tried that Discord will not take, whatever we may do."""
MOST_LINES: Final = 15
"""Notices that one message spells out."""
MOST_TEXT: Final = 4000
"""Characters of them: Discord allows 4096."""
TITLES: Final = {
    "level_up": ("New level", "New levels"),
    "badge": ("New badge", "New badges"),
    "achievement": ("New achievement", "New achievements"),
    "award": ("Award", "Awards"),
    "season": ("A season is over", "Seasons are over"),
}
DIRECT: Final = "You asked for this with /preferences"

log = structlog.get_logger("tallystick.notices")


class Notices:
    """Sends what is to be told."""

    def __init__(
        self,
        client: discord.Client,
        database: Database,
        clock: Callable[[], datetime],
        *,
        may_act: Callable[[], bool] = lambda: True,
        dice: Dice = random.random,
    ) -> None:
        """Nothing runs before :meth:`run`. While ``may_act`` says no, nothing is sent."""
        self._client = client
        self._database = database
        self._clock = clock
        self._may_act = may_act
        self._dice = dice
        self._rest: dict[int, datetime] = {}

    async def run(self) -> None:
        """Tell what there is, again and again, until cancelled."""
        while True:
            try:
                await self.once()
            except DatabaseError as error:
                log.warning("notices_wait", error=str(error).splitlines()[0])
            except Exception:  # a bug must be seen, and must not end what goes on around it
                log.exception("notices_failed")
            await asyncio.sleep(SECONDS)

    async def once(self) -> bool:
        """One round; whether Discord was there for it."""
        if not self._client.is_ready():
            return False
        now = self._clock()
        await asyncio.to_thread(telling.take_in, self._database, now)
        mine = {guild.id for guild in self._client.guilds}
        await asyncio.to_thread(endings.take_in, self._database, now, mine)
        if self._may_act():
            waiting = await asyncio.to_thread(self._waiting, now)
            await at_once(partial(self._tell_all, now), waiting, GUILDS_AT_ONCE)
        return True

    async def _tell_all(self, now: datetime, guild_id: int) -> None:
        """What one guild is to be told now, in order."""
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable or self._rest.get(guild_id, now) > now:
            return
        try:
            messages, ping, gates = await asyncio.to_thread(self._claim, guild, now)
        except CannotRead:  # what is in force nobody can say: it waits, and the operator knows
            return
        self._rest.pop(guild_id, None)
        if not messages:
            self._rest[guild_id] = now + REST
        for message in messages:
            await self._tell(guild, message, gates, ping=ping)

    def _waiting(self, now: datetime) -> list[int]:
        with self._database.transaction(ALL_GUILDS) as conn:
            return notices.where_waiting(conn, now)

    def _claim(self, guild: discord.Guild, now: datetime) -> tuple[list[list[Row]], bool, Gates]:
        """The messages to send now, whether they ping whom they tell of, and the ways there."""
        with self._database.transaction(guild.id) as conn:
            checkpoints.take(conn, guild.id, [telling.NAME], wait=True)  # one process at a time
            old, many = notices.drop(conn, guild.id, oldest=now - NEWS, most=MOST_WAITING)
            gates = Gates(guild, breakers.load(conn, guild.id), now)
            rules = rules_now(conn, guild.id)
            found = notices.claim(
                conn,
                guild.id,
                now,
                minutes=rules.number("notice_digest"),
                limit=rules.number("notice_limit"),
                lets=lambda channel, reader: gates.of(way_to(channel, reader)).enter(),
                wait=partial(pause, first=FIRST_WAIT, most=LONGEST_WAIT, dice=self._dice),
            )
            ping = rules.flag("notice_ping")
        for reason, dropped in (("old", old), ("many", many)):
            if dropped:
                metrics.NOTICES_DROPPED.labels(reason).inc(dropped)
                log.warning("notices_dropped", guild=guild.id, reason=reason, notices=dropped)
        return found, ping, gates

    async def _tell(
        self, guild: discord.Guild, message: Sequence[Row], gates: Gates, *, ping: bool
    ) -> None:
        """Send one message and keep how it went."""
        first, now = message[0], self._clock()
        what = written(guild, message, ping=ping)
        outcome = await post(guild, first["channel_id"], first["user_id"], what, now)
        gates.of(way_to(first["channel_id"], first["user_id"])).note(outcome.failure)
        await asyncio.to_thread(self._keep, guild.id, first, outcome, gates)

    def _keep(self, guild_id: int, first: Row, outcome: Outcome, gates: Gates) -> None:
        batch, now, failure = first["position"], self._clock(), outcome.failure
        with self._database.transaction(guild_id) as conn:
            gates.save(conn, now, self._dice)
            if failure is None:
                notices.sent(conn, guild_id, batch, now)
            else:
                tries = first["attempts"] + 1
                notices.failed(
                    conn,
                    guild_id,
                    batch,
                    failure.problem,
                    given_up=failure.kind == "impossible" and tries >= MOST_ATTEMPTS,
                    in_doubt_since=outcome.in_doubt_since,
                )
        if failure is not None:
            metrics.NOTICES_REFUSED.inc()
            if not first["attempts"]:
                log.warning("notice_refused", guild=guild_id, position=batch, why=failure.problem)


def written(guild: discord.Guild, message: Sequence[Row], *, ping: bool) -> Post:
    """One message, as it is sent."""
    first, batch = message[0], message[0]["position"]
    ended, known = None, nonce(guild.id, batch)
    if first["sheet"] is not None:
        ended = discord.Embed.from_dict(first["sheet"])
        embed, mark = marked(ended.copy(), batch, None)
    else:
        told = f"{DIRECT} in {guild.name}" if first["channel_id"] is None else "/preferences"
        embed, mark = marked(sheet(guild, message), batch, told)
    return Post(
        embed,
        mark,
        known,
        mentioned=_members(message),
        content=_pinged(message) if ping and first["channel_id"] else None,
        in_doubt_since=first["in_doubt_since"],
        began_id=first["began_id"],
        ended=ended,
    )


def sheet(guild: discord.Guild, message: Sequence[Row]) -> discord.Embed:
    """What is told, as an embed; of many notices the first, and how many there are."""
    one, several = TITLES[message[0]["kind"]]
    lines, room = [], MOST_TEXT
    for row in message[:MOST_LINES]:
        room -= len(row["words"]) + 1
        if room >= 0:
            lines.append(row["words"])
    if len(lines) < len(message):
        lines.append(f"and {len(message) - len(lines)} more")
    title = one if len(message) == 1 else f"{len(message)} \N{MULTIPLICATION SIGN} {several}"
    embed = look.note("\n".join(lines), title=title)
    member = guild.get_member(message[0]["user_id"] or 0)
    if len(message) == 1 and member is not None:
        embed.set_thumbnail(url=member.display_avatar.url)
    return embed


def _members(message: Sequence[Row]) -> list[int]:
    """Whom the message spells out."""
    told = [row["user_id"] for row in message[:MOST_LINES]]
    return [user_id for user_id in dict.fromkeys(told) if user_id is not None]


def _pinged(message: Sequence[Row]) -> str | None:
    return " ".join(f"<@{user_id}>" for user_id in _members(message)) or None
