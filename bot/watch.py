"""The bot keeps watch over itself: when it comes back after having been away, it says so.

While it is connected it notes the time twice a minute. Whoever finds that the newest note is old
records an outage in every server, so that nobody loses a streak for a day on which the bot was
down. The outage's key is when it began, so any number of processes record it once.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import discord
import structlog

from bot.handle import act
from events.decisions.outages import record_outage
from events.outages import OutageRecorded
from sql import lake, watch
from sql.errors import DatabaseError
from sql.pool import ALL_GUILDS, Connection, Database

SECONDS: Final = 30.0
START_SECONDS: Final = 1.0
OUTAGE: Final = timedelta(minutes=5)
"""Shorter than this is a restart."""

log = structlog.get_logger("tallystick.watch")


class Watch:
    """Notes that the bot is at work, and what it missed when it was not."""

    def __init__(
        self, client: discord.Client, database: Database, clock: Callable[[], datetime]
    ) -> None:
        """Nothing is noted before :meth:`run`."""
        self._client = client
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Note it again and again, until cancelled. While the database is away nothing is noted:
        then nothing is captured either."""
        while True:
            ready = self._client.is_ready()
            if ready:
                try:
                    await asyncio.to_thread(at_work, self._database, self._clock())
                except DatabaseError as error:
                    log.warning("watch_waits", error=str(error).splitlines()[0])
            await asyncio.sleep(SECONDS if ready else START_SECONDS)


def at_work(database: Database, now: datetime) -> int:
    """The bot is at work at ``now``; in how many servers an outage before that was recorded."""
    last, recorded = watch.last_seen(database), 0
    if last is not None and now - last >= OUTAGE:
        log.warning("was_away", since=last.isoformat(), until=now.isoformat())
        with database.transaction(ALL_GUILDS) as conn:
            guilds = sorted(guild_id for guild_id in lake.heads(conn) if guild_id)
        for guild_id in guilds:
            facts = [record_outage(guild_id, last, now, now=now)]
            recorded += len(act(database, guild_id, reads=(), decide=partial(_these, facts)))
    watch.note(database, now)
    return recorded


def _these(facts: list[OutageRecorded], _: Connection) -> list[OutageRecorded]:
    return facts
