"""Acts in Discord that failed: kept until they work, so that a restart forgets none."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import args_row

from sql.pool import Connection
from sql.statements import query

_FILE = "queries/effects.sql"


@dataclass(frozen=True, slots=True)
class Problem:
    """One act that failed: of which effect, about what, why, how often, and when it is tried
    again."""

    effect: str
    subject: str
    problem: str
    attempts: int
    first_at: datetime
    retry_at: datetime


def failed(
    conn: Connection,
    guild_id: int,
    effect: str,
    subject: str,
    problem: str,
    now: datetime,
    retry_at: datetime,
) -> None:
    """Keep one more failure, which is tried again at ``retry_at``."""
    what = {"effect": effect, "subject": subject, "problem": problem}
    when = {"now": now, "retry_at": retry_at}
    conn.execute(query(_FILE, "failed"), {"guild": guild_id, **what, **when})


def mended(conn: Connection, guild_id: int, effect: str, subjects: Collection[str]) -> None:
    """Forget the failures of these."""
    if not subjects:
        return
    parameters = {"guild": guild_id, "effect": effect, "subjects": list(subjects)}
    conn.execute(query(_FILE, "mended"), parameters)


def problems(conn: Connection, guild_id: int) -> list[Problem]:
    """Everything that has failed in a guild, the oldest first."""
    with conn.cursor(row_factory=args_row(Problem)) as cursor:
        return cursor.execute(query(_FILE, "problems"), {"guild": guild_id}).fetchall()


def try_again(conn: Connection, guild_id: int, now: datetime) -> None:
    """Let everything that has failed in a guild be tried at once."""
    conn.execute(query(_FILE, "try_again"), {"guild": guild_id, "now": now})
