"""Tells operators what stands still: one line in the log when it stops, and one when it goes on.

How many there are of each is counted by ``bot/health``.
"""

import time
from typing import Final

import structlog

from sql import checkpoints
from sql.pool import ALL_GUILDS, Database

SECONDS: Final = 5.0
"""Between two looks."""

log = structlog.get_logger("tallystick.standstill")


class Standstill:
    """What stood still at the last look."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        """Nothing has been looked at; looks are so many ``seconds`` apart."""
        self._known: dict[tuple[int, str], int] = {}
        self._seconds = seconds
        self._looked: float | None = None

    def look(self, database: Database) -> None:
        """Look, if the last look is some seconds ago. What stood still before this process began is
        told by it once more."""
        now = time.monotonic()
        if self._looked is not None and now - self._looked < self._seconds:
            return
        self._looked = now
        with database.transaction(ALL_GUILDS) as conn:
            letters = checkpoints.dead_letters(conn)
        found = {(one.guild_id, one.name): one.position for one in letters}
        for one in letters:
            if self._known.get((one.guild_id, one.name)) != one.position:
                log.error(
                    "read_model_stopped",
                    guild=one.guild_id,
                    read_model=one.name,
                    position=one.position,
                    type=one.event_type,
                    error=one.error,
                    waits_for=one.needs_type,
                )
        for guild_id, name in self._known.keys() - found.keys():
            log.info("read_model_goes_on", guild=guild_id, read_model=name)
        self._known = found
