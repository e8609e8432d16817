"""What Discord was last told about our commands, so that it is told again only after a change."""

from sql.pool import Database
from sql.statements import query

_FILE = "queries/command_sync.sql"
GLOBAL = 0


def stored(database: Database, application_id: int) -> str | None:
    """The digest of the commands that Discord has of us, if it has any."""
    with database.transaction(GLOBAL) as conn:
        row = conn.execute(query(_FILE, "stored"), {"application": application_id}).fetchone()
    return row[0] if row else None


def store(database: Database, application_id: int, digest: str) -> None:
    """Discord has been told these commands."""
    with database.transaction(GLOBAL) as conn:
        conn.execute(query(_FILE, "store"), {"application": application_id, "digest": digest})
