"""A capture that runs by itself, with a wire into it instead of Discord."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from bot.gateway.capture import Capture
from bot.gateway.spool import Spool
from sql import lake
from sql.pool import Database
from sql.writer import LakeWriter
from tests.unit.gateway import payloads as p


@asynccontextmanager
async def capturing(
    database: Database,
    spool: Spool,
    *,
    clock: Callable[[], datetime] = lambda: p.START,
    **options: Any,
) -> AsyncIterator[tuple[Capture, Any]]:
    """A capture that runs, and a wire into it."""
    writer = LakeWriter(database)
    capture = Capture(database, writer, spool, clock=clock, retry=0.01, **options)
    wire: Any = p.Wire()
    capture.install(wire)
    await capture.start()
    try:
        yield capture, wire
    finally:
        await capture.stop()
        writer.close()


def keys(database: Database) -> list[str]:
    """The source ids of all facts of the guild, in order."""
    with database.transaction(p.GUILD) as conn:
        return [row.source_id for row in lake.read(conn, p.GUILD, 0, 10_000)]
