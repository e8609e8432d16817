"""Payloads that could not be understood: kept by their shape, so that the cause can be found."""

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from sql.pool import Connection
from sql.statements import query

_FILE = "queries/quarantine.sql"


def keep(
    conn: Connection,
    guild_id: int,
    event_name: str,
    problems: list[dict[str, Any]],
    skeleton: Any,
    received_at: datetime,
) -> None:
    """Keep the shape of one payload: ``problems`` say where and what, ``skeleton`` holds keys,
    types and ids only. ``guild_id`` is 0 when the payload does not tell."""
    conn.execute(
        query(_FILE, "keep"),
        {
            "guild": guild_id,
            "event_name": event_name,
            "problems": Jsonb(problems),
            "skeleton": Jsonb(skeleton),
            "received_at": received_at,
        },
    )


def recent(conn: Connection, limit: int) -> list[tuple[Any, ...]]:
    """The newest quarantined payloads: guild, event name, problems, received at."""
    return conn.execute(query(_FILE, "recent"), {"limit": limit}).fetchall()
