"""Which of the bot's shards this process runs.

The bot is split into ``SHARDS``, these are spread over ``CLUSTERS`` processes, and ``CLUSTER_ID``
says which of those this one is. Two processes may be the same cluster for a while (a rolling
restart): both see everything, and each fact is recorded once. With ``CLUSTER_ID=auto`` a process
is one that nobody else is; while there is none it stands by, and takes the place of the first that
dies or leaves.

How many shards there are is agreed in the database: all processes that run shards at a time have
the same number. It changes when none does: stop all, then start them with another.
"""

import asyncio
from typing import Final

import discord
import structlog

from bot.settings import Settings
from events.engine.errors import TallystickError
from sql.errors import DatabaseUnreachable
from sql.shards import Seat

SECONDS: Final = 2.0
"""Between two looks at whether our place is still ours, or whether there is one for us."""

log = structlog.get_logger("tallystick.cluster")


class ShardsDisagree(TallystickError):
    """This process was told another number of shards than those that are running."""


class PlaceTaken(TallystickError):
    """Another process is our cluster now."""


def shards_of(cluster: int, clusters: int, shards: int) -> range:
    """The shards that one of the clusters runs: neighbours, as many as any other's or one more."""
    return range(cluster * shards // clusters, (cluster + 1) * shards // clusters)


class Cluster:
    """This process among those that run the bot's shards."""

    def __init__(self, dsn: str, settings: Settings) -> None:
        """Nothing is asked or taken before :meth:`join`."""
        self._dsn = dsn
        self._shards = None if settings.shards == "auto" else settings.shards
        self._clusters = settings.clusters
        self._place = settings.cluster_id if isinstance(settings.cluster_id, int) else None
        self._exclusive = self._place is None
        self._seat: Seat | None = None
        self._joined = asyncio.Event()
        self.stands_by = False
        """Whether there is no place for us now: all is well, and we are there if one dies."""

    async def join(self, client: discord.AutoShardedClient, advised: int) -> None:
        """Agree on the number of shards, of which Discord has ``advised`` so many; find our place,
        and tell the logged-in ``client`` what to run. Stands by while every place is taken. A
        process whose place is given does not wait for a database that is away.

        Raises ShardsDisagree.
        """
        self._seat = Seat(self._dsn, client.application_id or 0)
        while not (entered := await asyncio.to_thread(self._enter, self._seat, advised)):
            if entered is None and not self._exclusive:
                self._shards = self._shards or advised  # agreed on later: see ``keep``
                log.warning("shards_not_agreed", shards=self._shards)
                break
            if not self.stands_by:
                log.info("standing_by", clusters=self._clusters)
            self.stands_by = True
            await asyncio.sleep(SECONDS)
        self.stands_by = False
        assert self._place is not None and self._shards is not None
        own = shards_of(self._place, self._clusters, self._shards)
        client.shard_count, client.shard_ids = self._shards, list(own)
        self._joined.set()
        log.info("joined", cluster=self._place, shards=list(own), of=self._shards)

    async def keep(self) -> None:
        """See to it that our place stays ours, until cancelled.

        Raises PlaceTaken or ShardsDisagree when the database was lost and others were faster.
        """
        await self._joined.wait()
        assert self._seat is not None and self._shards is not None
        while True:
            await asyncio.sleep(SECONDS)
            if await asyncio.to_thread(self._seat.is_held):
                continue
            log.warning("place_lost", cluster=self._place)
            while (kept := await asyncio.to_thread(self._enter, self._seat, self._shards)) is None:
                await asyncio.sleep(SECONDS)
            if not kept:
                raise PlaceTaken(
                    f"Another process is cluster {self._place} now. Start this one again: it "
                    "stands by, or becomes another."
                )
            log.info("place_kept", cluster=self._place)

    async def leave(self) -> None:
        """Let another process have our place."""
        if self._seat is not None:
            await asyncio.to_thread(self._seat.close)

    def _enter(self, seat: Seat, advised: int) -> bool | None:
        """Agree on the number of shards, if that is not done, and take the place that is ours, or
        any that is free. Whether there was one; None while the database is away."""
        try:
            if not seat.is_held():
                self._shards = self._agreed(seat.agree(self._shards, advised))
            if not self._exclusive:
                return True
            found = seat.sit(range(self._clusters) if self._place is None else [self._place])
        except DatabaseUnreachable:
            return None
        self._place = self._place if found is None else found
        return found is not None

    def _agreed(self, shards: int) -> int:
        if self._shards not in (None, shards):
            raise ShardsDisagree(
                f"The bot runs with {shards} shard(s), and this process with "
                f"SHARDS={self._shards}. All must have the same: stop every process that runs "
                "shards, then start them again."
            )
        if self._clusters > shards:
            raise ShardsDisagree(
                f"CLUSTERS is {self._clusters}, but the bot has {shards} shard(s), and each "
                "cluster runs one or more. Set SHARDS to more, or CLUSTERS to less."
            )
        return shards
