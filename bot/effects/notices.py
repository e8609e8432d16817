"""Tells members and servers of levels, badges, achievements, awards and seasons, each once.

What waits to be told is in the table ``notices``; it is joined into one message for a place and
kind, and each message is marked as tried before it is sent. One whose acknowledgement was lost is
sent again with the same nonce, which Discord knows for some minutes; after those its channel is
searched for it first. A failure holds up no other message; after ten it is given up, and seen by
``/doctor``.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import aiohttp
import discord
import structlog

from bot import look, metrics
from bot.effects import telling
from bot.effects.together import at_once
from projections.engine.ruling import rules_now
from sql import checkpoints, notices
from sql.errors import DatabaseError
from sql.notices import MOST_ATTEMPTS, Row
from sql.pool import ALL_GUILDS, Database

SECONDS: Final = 2.0
GUILDS_AT_ONCE: Final = 8
"""One guild that Discord slows down does not hold up the others."""
MOST_LINES: Final = 15
"""Notices that one message spells out."""
MOST_TEXT: Final = 4000
"""Characters of them: Discord allows 4096."""
SEARCHED: Final = 100
"""Messages of a channel among which one is looked for."""
SKEW: Final = timedelta(minutes=5)
"""By how much our clock may be ahead of Discord's."""
TITLES: Final = {
    "level_up": ("New level", "New levels"),
    "badge": ("New badge", "New badges"),
    "achievement": ("New achievement", "New achievements"),
    "award": ("Award", "Awards"),
    "season": ("A season is over", "Seasons are over"),
}
DIRECT: Final = "You asked for this with /preferences"
CLOSED: Final = "status 403, code 50007"
"""The member takes no direct messages from us: trying again is of no use."""

log = structlog.get_logger("tallystick.notices")


class Notices:
    """Sends what is to be told."""

    def __init__(
        self, client: discord.Client, database: Database, clock: Callable[[], datetime]
    ) -> None:
        """Nothing runs before :meth:`run`."""
        self._client = client
        self._database = database
        self._clock = clock

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
        waiting = await asyncio.to_thread(self._waiting, now)
        await at_once((self._tell_all(guild_id, now) for guild_id in waiting), GUILDS_AT_ONCE)
        return True

    async def _tell_all(self, guild_id: int, now: datetime) -> None:
        """What one guild is to be told now, in order."""
        guild = self._client.get_guild(guild_id)
        if guild is not None and not guild.unavailable:
            messages, ping = await asyncio.to_thread(self._claim, guild_id, now)
            for message in messages:
                await self._tell(guild, message, ping=ping)

    def _waiting(self, now: datetime) -> list[int]:
        with self._database.transaction(ALL_GUILDS) as conn:
            return notices.where_waiting(conn, now)

    def _claim(self, guild_id: int, now: datetime) -> tuple[list[list[Row]], bool]:
        """The messages to send now, and whether they ping whom they tell of."""
        with self._database.transaction(guild_id) as conn:
            checkpoints.take(conn, guild_id, [telling.NAME], wait=True)  # one process at a time
            rules = rules_now(conn, guild_id)
            minutes, limit = rules.number("notice_digest"), rules.number("notice_limit")
            found = notices.claim(conn, guild_id, now, minutes=minutes, limit=limit)
            return found, rules.flag("notice_ping")

    async def _tell(self, guild: discord.Guild, message: Sequence[Row], *, ping: bool) -> None:
        """Send one message and keep how it went."""
        batch, attempts = message[0]["position"], message[0]["attempts"]
        problem = await self._send(guild, batch, message, ping=ping)
        given_up = problem == CLOSED or attempts >= MOST_ATTEMPTS
        now = self._clock()

        def keep() -> None:
            with self._database.transaction(guild.id) as conn:
                if problem is None:
                    notices.sent(conn, guild.id, batch, now)
                else:
                    notices.failed(conn, guild.id, batch, problem, given_up=given_up)

        await asyncio.to_thread(keep)
        if problem is not None:
            metrics.NOTICES_REFUSED.inc()
            if attempts == 1:
                log.warning("notice_refused", guild=guild.id, position=batch, why=problem)

    async def _send(
        self, guild: discord.Guild, batch: int, message: Sequence[Row], *, ping: bool
    ) -> str | None:
        """Send it, unless it is there; why that did not work, or None."""
        first = message[0]
        try:
            place = await self._place(guild, first)
            if place is None:
                return "the channel or the member is no more"
            embed = sheet(guild, batch, message)
            if _is_uncertain(first) and await self._is_there(place, embed, first["taken_at"]):
                return None
            await place.send(
                content=_pinged(message) if ping and first["channel_id"] else None,
                embed=embed,
                nonce=nonce(guild.id, batch),
                allowed_mentions=discord.AllowedMentions(
                    everyone=False,
                    roles=False,
                    replied_user=False,
                    users=[discord.Object(user_id) for user_id in _members(message)],
                ),
            )
        except discord.DiscordServerError as error:
            return f"no answer, status {error.status}"
        except discord.HTTPException as error:
            return f"status {error.status}, code {error.code}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return f"no answer, {type(error).__name__}"
        return None

    async def _place(self, guild: discord.Guild, first: Row) -> discord.abc.Messageable | None:
        if first["channel_id"] is not None:
            channel = guild.get_channel_or_thread(first["channel_id"])
            return channel if isinstance(channel, discord.abc.Messageable) else None
        member = guild.get_member(first["user_id"])
        return None if member is None else await member.create_dm()

    async def _is_there(
        self, place: discord.abc.Messageable, embed: discord.Embed, taken_at: datetime
    ) -> bool:
        """Whether a message that was tried before has got there after all: its footer names its
        place in the log."""
        me, mark = self._client.user, embed.footer.text
        async for one in place.history(limit=SEARCHED, after=taken_at - SKEW):
            ours = me is not None and one.author.id == me.id
            if ours and any(other.footer.text == mark for other in one.embeds):
                return True
        return False


def nonce(guild_id: int, batch: int) -> str:
    """What Discord knows a message by, of at most 25 characters: made of its first event's place in
    the log, so that it is the same however often it is sent."""
    return hashlib.sha256(f"{guild_id}:{batch}".encode()).hexdigest()[:24]


def sheet(guild: discord.Guild, batch: int, message: Sequence[Row]) -> discord.Embed:
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
    told = f"{DIRECT} in {guild.name}" if message[0]["channel_id"] is None else "/preferences"
    embed.set_footer(text=f"#{batch} in the server's log \N{MIDDLE DOT} {told}")
    return embed


def _members(message: Sequence[Row]) -> list[int]:
    """Whom the message spells out."""
    told = [row["user_id"] for row in message[:MOST_LINES]]
    return [user_id for user_id in dict.fromkeys(told) if user_id is not None]


def _pinged(message: Sequence[Row]) -> str | None:
    return " ".join(f"<@{user_id}>" for user_id in _members(message)) or None


def _is_uncertain(first: Row) -> bool:
    """Whether it was tried before and may have got there: Discord has not said no."""
    said_no = (first["problem"] or "").startswith("status")
    return first["attempts"] > 1 and not said_no
