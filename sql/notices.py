"""What is to be told in Discord: taken from the log, joined into messages, sent once."""

from datetime import datetime, timedelta
from typing import Any, Final

from psycopg.rows import dict_row

from sql.pool import Connection
from sql.statements import query

_FILE: Final = "queries/notices.sql"
MOST_ATTEMPTS: Final = 10
FIRST_WAIT: Final = timedelta(seconds=5)
"""Doubled with each attempt: the first ones fall into the minutes in which Discord knows a nonce,
the last one is after three quarters of an hour."""

Row = dict[str, Any]


def take(conn: Connection, guild_id: int, position: int, **notice: Any) -> None:
    """Something to tell: ``kind``, ``user``, ``channel`` (None: in a direct message), ``words``
    and ``now``."""
    conn.execute(query(_FILE, "take"), {"guild": guild_id, "position": position, **notice})


def where_waiting(conn: Connection, now: datetime) -> list[int]:
    """The guilds in which something is to be told."""
    return [row["guild_id"] for row in _fetch(conn, "where_waiting", now=now)]


def claim(
    conn: Connection, guild_id: int, now: datetime, *, minutes: int, limit: int
) -> list[list[Row]]:
    """The messages that are to be sent now, each as what it tells: at most ``limit`` in a minute;
    new ones when their first has waited for ``minutes``. Each is marked as tried before it is, so
    that one whose sending was cut short is tried again as the same message."""
    where = {"guild": guild_id, "now": now}
    _run(conn, "forget", **where)
    (tried,) = _fetch(conn, "tried_lately", **where)
    room = max(0, limit - tried["messages"])
    again = _fetch(conn, "due_again", **where, limit=room)
    for row in again:
        retry_at = now + FIRST_WAIT * 2 ** row["attempts"]
        _run(conn, "attempt", **where, batch=row["batch"], retry_at=retry_at)
    fresh = _fetch(conn, "ready", **where, minutes=minutes, limit=room - len(again))
    for row in fresh:
        _run(
            conn,
            "join",
            **where,
            batch=row["batch"],
            kind=row["kind"],
            channel=row["channel_id"],
            reader=row["reader_id"],
            retry_at=now + FIRST_WAIT,
        )
    return [_fetch(conn, "message", guild=guild_id, batch=row["batch"]) for row in [*again, *fresh]]


def sent(conn: Connection, guild_id: int, batch: int, now: datetime) -> None:
    """Discord has this message."""
    _run(conn, "sent", guild=guild_id, batch=batch, now=now)


def failed(conn: Connection, guild_id: int, batch: int, problem: str, *, given_up: bool) -> None:
    """Discord does not have it, or has not said so."""
    _run(conn, "failed", guild=guild_id, batch=batch, problem=problem, given_up=given_up)


def troubled(conn: Connection, guild_id: int) -> list[Row]:
    """The messages that are tried again or were given up."""
    return _fetch(conn, "troubled", guild=guild_id)


def again(conn: Connection, guild_id: int, now: datetime) -> None:
    """Let whatever failed or was given up be tried at once."""
    _run(conn, "again", guild=guild_id, now=now)


def _fetch(conn: Connection, name: str, **parameters: Any) -> list[Row]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query(_FILE, name), parameters).fetchall()


def _run(conn: Connection, name: str, **parameters: Any) -> None:
    conn.execute(query(_FILE, name), parameters)
