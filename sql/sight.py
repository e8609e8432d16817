"""Until when the bot saw what: each process's shards, and guilds that Discord is without."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from sql.arrays import array
from sql.pool import Connection
from sql.statements import query

_FILE = "queries/sight.sql"


@dataclass(frozen=True, slots=True)
class Note:
    """A process has seen everything of a shard until ``seen_at``; ``ended``: it stopped then."""

    process: str
    shard_id: int
    shard_count: int
    seen_at: datetime
    ended: bool

    def covers(self, guild_id: int) -> bool:
        """Whether the guild belongs to the shard, by Discord's formula."""
        return (guild_id >> 22) % self.shard_count == self.shard_id


def notes(conn: Connection) -> list[Note]:
    """The last note of every process about every shard (guild 0)."""
    with conn.cursor(row_factory=class_row(Note)) as cursor:
        return cursor.execute(query(_FILE, "notes")).fetchall()


def note(conn: Connection, written: Sequence[Note], *, tidy_before: datetime) -> None:
    """Replace what one process noted about some shards before (guild 0). Old notes that have
    become useless are taken away."""
    conn.execute(
        query(_FILE, "note"),
        {
            "process": written[0].process,
            "ended": written[0].ended,
            "shards": array("bigint", [one.shard_id for one in written]),
            "counts": array("bigint", [one.shard_count for one in written]),
            "seen": array("timestamptz", [one.seen_at for one in written]),
        },
    )
    conn.execute(query(_FILE, "tidy"), {"before": tidy_before})


def unseen(conn: Connection, since: Mapping[int, datetime]) -> None:
    """Nobody sees these guilds, each since its moment; an earlier word stands."""
    guilds = sorted(since)
    conn.execute(
        query(_FILE, "unseen"),
        {
            "guilds": array("bigint", guilds),
            "since": array("timestamptz", [since[guild] for guild in guilds]),
        },
    )


def unseen_since(conn: Connection, guild_id: int) -> datetime | None:
    """Since when nobody sees the guild; None while somebody may."""
    row = conn.execute(query(_FILE, "unseen_since"), {"guild": guild_id}).fetchone()
    return None if row is None else row[0]


def seen_again(conn: Connection, guild_id: int) -> None:
    """The guild is seen again."""
    conn.execute(query(_FILE, "seen_again"), {"guild": guild_id})
