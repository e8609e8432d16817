"""Named reads of read models: ``fetch(conn, "profiles", "board", guild=1, ...)``."""

from typing import Any

from psycopg.rows import dict_row

from sql.pool import Connection
from sql.read_models import file_of
from sql.statements import query

Row = dict[str, Any]


def fetch(conn: Connection, read_model: str, name: str, /, **parameters: Any) -> list[Row]:
    """All rows of a named read of ``sql/read_models/<read_model>.sql``, as dicts by column."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query(file_of(read_model), name), parameters).fetchall()


def fetch_one(conn: Connection, read_model: str, name: str, /, **parameters: Any) -> Row | None:
    """The first row of a named read, or None."""
    found = fetch(conn, read_model, name, **parameters)
    return found[0] if found else None
