"""The log as an operator reads it: its tail, one event, how many of what."""

from typing import Any

from psycopg.rows import dict_row

from sql.pool import Connection
from sql.reads import Row
from sql.statements import query


def tail(conn: Connection, guild_id: int, limit: int) -> list[Row]:
    """The newest events of a guild, newest first."""
    return _rows(conn, "tail", guild=guild_id, limit=limit)


def show(conn: Connection, guild_id: int, position: int) -> Row | None:
    """One event with everything that is stored of it."""
    found = _rows(conn, "show", guild=guild_id, position=position)
    return found[0] if found else None


def stats(conn: Connection, guild_id: int) -> list[Row]:
    """How many events of each type a guild has, and their span of time."""
    return _rows(conn, "stats", guild=guild_id)


def _rows(conn: Connection, name: str, **parameters: Any) -> list[Row]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query("queries/lake.sql", name), parameters).fetchall()
