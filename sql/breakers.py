"""What Discord does not let us do somewhere, kept so that a restart does not try it all again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg.rows import args_row

from sql.pool import Connection
from sql.statements import query

_FILE: Final = "queries/breakers.sql"


@dataclass(frozen=True, slots=True)
class Breaker:
    """What failed how often in a row, what Discord said, what we might do there then
    (``standing``), since when, and until when it is put off."""

    way: str
    standing: str
    failures: int
    problem: str
    first_at: datetime
    retry_at: datetime


def load(conn: Connection, guild_id: int) -> dict[str, Breaker]:
    """Everything that has failed in a guild since it last worked, by way, the oldest first."""
    with conn.cursor(row_factory=args_row(Breaker)) as cursor:
        rows = cursor.execute(query(_FILE, "all"), {"guild": guild_id}).fetchall()
    return {row.way: row for row in rows}


def keep(conn: Connection, guild_id: int, breaker: Breaker, now: datetime) -> None:
    """It has failed once more; what was not tried for a month is forgotten."""
    what = {
        "way": breaker.way,
        "standing": breaker.standing,
        "failures": breaker.failures,
        "problem": breaker.problem,
        "retry_at": breaker.retry_at,
    }
    conn.execute(query(_FILE, "keep"), {"guild": guild_id, "now": now, **what})
    conn.execute(query(_FILE, "forget"), {"guild": guild_id, "now": now})


def close(conn: Connection, guild_id: int, way: str) -> None:
    """It has worked."""
    conn.execute(query(_FILE, "close"), {"guild": guild_id, "way": way})


def try_again(conn: Connection, guild_id: int, now: datetime) -> None:
    """Let everything in a guild be tried at once."""
    conn.execute(query(_FILE, "try_again"), {"guild": guild_id, "now": now})
