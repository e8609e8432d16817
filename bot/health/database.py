"""What the database tells of itself: does it answer and take writes, does its schema fit, how far
is everything behind, what is to be done in Discord. ``doctor`` and ``/readyz`` ask the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.health.findings import Finding
from sql import health
from sql.errors import DatabaseError, SchemaRefused
from sql.health import Acts, Backlog
from sql.migrate import check_history
from sql.pool import ALL_GUILDS, Database

SLOW_SECONDS: Final = 300
"""Whoever has waited longer than this for an event to be taken in is reported."""


FITS: Final = Finding("schema", "fine", "as this release expects it")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is behind, and what is to be done in Discord, over all guilds."""

    backlogs: Sequence[Backlog]
    acts: Sequence[Acts]


def look_up(database: Database, followers: Sequence[str]) -> Waiting:
    """One look at everything that waits. Raises DatabaseUnreachable."""
    with database.transaction(ALL_GUILDS) as conn:
        return Waiting(health.backlogs(conn, followers), health.acts(conn))


def answers(database: Database) -> list[Finding]:
    """Whether the database answers, takes writes, and is of the version that this code expects."""
    try:
        found = [Finding("database", "fine", "answers"), writable(database)]
        with database.transaction(ALL_GUILDS) as conn:
            check_history(conn)
    except SchemaRefused as refused:
        return [*found, Finding("schema", "wrong", str(refused))]
    except DatabaseError as error:
        return [Finding("database", "wrong", str(error))]
    return [*found, FITS]


def writable(database: Database) -> Finding:
    """Whether the database takes writes. Raises DatabaseUnreachable."""
    if health.is_read_only(database):
        detail = "it answers but takes no writes; is DATABASE_URL that of a replica?"
        return Finding("writes", "wrong", detail)
    return Finding("writes", "fine", "the database takes them")


def lag(backlogs: Iterable[Backlog], most_seconds: float = SLOW_SECONDS) -> Finding:
    """Whether everything that follows the log has taken in what is older than ``most_seconds``."""
    backlogs = list(backlogs)
    worst = max(backlogs, key=lambda one: one.seconds, default=None)
    if worst is None or worst.seconds <= most_seconds:
        return Finding("lag", "fine", f"{sum(one.events for one in backlogs):,} events to fold")
    return Finding(
        "lag",
        "wrong",
        f"{worst.name} is {worst.events:,} events behind, in guild {worst.guild_id} for "
        f"{worst.seconds:,.0f} s. Is a worker running? python -m bot run --only worker",
    )


def stopped(backlogs: Iterable[Backlog]) -> Finding:
    """Whether some read model stands still in some guild: everything else goes on."""
    still = [f"{one.name} in {one.stopped:,}" for one in backlogs if one.stopped]
    if not still:
        return Finding("read models", "fine", "none stands still")
    detail = f"guilds in which one stands still: {', '.join(still)}; python -m bot projections list"
    return Finding("read models", "wrong", detail, vital=False)
