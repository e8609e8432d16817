"""What is looked at from outside: may we write, what waits, what has failed, in every guild."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.rows import args_row

from sql.pool import ALL_GUILDS, Connection, Database
from sql.statements import query

_FILE = "queries/health.sql"


@dataclass(frozen=True, slots=True)
class Backlog:
    """What one follower of the log (a read model, an automation, an effect) has not taken in:
    ``events`` in all guilds, the oldest of which has waited for ``seconds`` in ``guild_id``; and in
    how many guilds it has ``stopped``."""

    name: str
    events: int
    seconds: float
    guild_id: int | None
    stopped: int


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts in Discord of one effect: how many are still to be done, and how many of those
    have failed at least once."""

    effect: str
    pending: int
    failed: int


def is_read_only(database: Database) -> bool:
    """Whether the database answers but takes no writes. Raises DatabaseUnreachable."""
    with database.transaction(ALL_GUILDS) as conn:
        row = conn.execute(query(_FILE, "probe")).fetchone()
    return row is not None and bool(row[0])


def backlogs(conn: Connection, names: Sequence[str]) -> list[Backlog]:
    """What each of these followers has not taken in, by name. Needs to see all guilds."""
    with conn.cursor(row_factory=args_row(Backlog)) as cursor:
        return cursor.execute(query(_FILE, "backlog"), {"names": list(names)}).fetchall()


def acts(conn: Connection) -> list[Acts]:
    """What effects have before them. Needs to see all guilds."""
    with conn.cursor(row_factory=args_row(Acts)) as cursor:
        return cursor.execute(query(_FILE, "effects")).fetchall()
