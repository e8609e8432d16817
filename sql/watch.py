"""When the bot was last seen at work: what its outages are known by."""

from datetime import datetime

from sql.pool import ALL_GUILDS, Database
from sql.statements import query

_FILE = "queries/watch.sql"


def last_seen(database: Database) -> datetime | None:
    """When some process of the bot noted last that it was at work; None if none ever has."""
    with database.transaction(ALL_GUILDS) as conn:
        row = conn.execute(query(_FILE, "last_seen")).fetchone()
    return None if row is None else row[0]


def note(database: Database, now: datetime) -> None:
    """The bot is at work at ``now``; an earlier moment than is noted already changes nothing."""
    with database.transaction(ALL_GUILDS) as conn:
        conn.execute(query(_FILE, "note"), {"now": now})
