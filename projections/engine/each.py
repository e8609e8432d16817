"""Work that is done guild by guild: what fails in one guild keeps no other waiting.

Shared by the worker, the automations and the scheduler. A failure is told to whoever asked for the
work, who knows what to do about it; only when the database is away for everybody does the round
end.
"""

from collections.abc import Callable, Iterable

from sql.errors import DatabaseUnreachable
from sql.pool import ALL_GUILDS, Database

Failed = Callable[[int, Exception], None]
"""Told of a guild and what was raised there."""


def each_guild(
    database: Database, guilds: Iterable[int], work: Callable[[int], int], failed: Failed
) -> int:
    """Do ``work`` in each of ``guilds``; the sum of what it returned.

    A guild whose locks are held for too long, or whose connection broke, has failed like another.
    Raises DatabaseUnreachable when the database is away.
    """
    done = 0
    for guild_id in guilds:
        try:
            done += work(guild_id)
        except DatabaseUnreachable as error:
            with database.transaction(ALL_GUILDS):
                pass  # it is there: the trouble is this guild's
            failed(guild_id, error)
        except Exception as error:
            failed(guild_id, error)
    return done
