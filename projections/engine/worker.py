"""The worker: keeps every read model of every guild at the head of its stream.

Any number may run: each takes the checkpoints that are free and leaves the others alone. It is
woken by one notification per batch of appends and looks by itself every few seconds as well.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from events.engine.catalogue import known_versions
from projections.engine.advance import PAGE, Told, advance, nobody
from projections.engine.each import Failed, each_guild
from projections.engine.read_model import ReadModel, read_models
from sql import checkpoints
from sql.pool import ALL_GUILDS, Database

GUILDS_AT_A_TIME = 100
POLL_SECONDS = 2.0
GATHER_SECONDS = 0.25
"""A round costs much the same for one event as for a hundred, so a worker that keeps up lets some
gather, and leaves the machine to the commands (which catch up by themselves)."""

Progress = Callable[[int], None]
Around = Callable[[int], AbstractContextManager[Told]]
"""A block around the folding of a guild's page, for whoever measures it; gives who is told of the
page when it has been read."""


def unwatched(guild_id: int) -> AbstractContextManager[Told]:
    """Nobody looks."""
    return nullcontext(nobody)


def raising(guild_id: int, error: Exception) -> None:
    """For whoever works on a guild or two and wants to see at once what goes wrong."""
    raise error


def run_once(
    database: Database,
    models: Sequence[ReadModel] | None = None,
    *,
    stop: threading.Event | None = None,
    progress: Progress | None = None,
    failed: Failed = raising,
    around: Around = unwatched,
) -> int:
    """One round: a page for each guild that is behind. Returns how many events were folded
    (0 when there is nothing to do that is not already being done). A guild in which something
    raised that is no fold's fault is told to ``failed``, and the others go on."""
    models = list(read_models().values()) if models is None else models
    names = {m.name: m.build for m in models}
    with database.transaction(ALL_GUILDS) as conn:
        checkpoints.resume_readable(conn, known_versions())
        behind = checkpoints.lagging(conn, names, GUILDS_AT_A_TIME)

    def page(guild_id: int) -> int:
        if stop is not None and stop.is_set():
            return 0
        with around(guild_id) as told, database.transaction(guild_id) as conn:
            moved = advance(conn, guild_id, models, told=told)
        if progress is not None and moved:
            progress(moved)
        return moved

    return each_guild(database, behind, page, failed)


def drain(
    database: Database,
    models: Sequence[ReadModel] | None = None,
    progress: Progress | None = None,
) -> int:
    """Work until nothing is behind; returns how many events were folded."""
    total = 0
    while folded := run_once(database, models, progress=progress):
        total += folded
    return total


def run(
    database: Database,
    wait: Callable[[float], object],
    stop: threading.Event,
    *,
    also: Callable[[Database], int] = lambda database: 0,
    failed: Failed = raising,
    progress: Progress | None = None,
    around: Around = unwatched,
) -> None:
    """Work until ``stop`` is set. ``wait(seconds)`` returns early when events were appended;
    ``also`` is done in each round and says how much there was to do.

    Several threads are worth it: while one waits for the database another folds.
    """
    while not stop.is_set():
        folded = run_once(database, stop=stop, failed=failed, progress=progress, around=around)
        if not folded + also(database):
            wait(POLL_SECONDS)
        if folded < PAGE:
            stop.wait(GATHER_SECONDS)
