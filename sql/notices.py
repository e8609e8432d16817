"""What is to be told in Discord: taken from the log, joined into messages, sent once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from sql.pool import Connection
from sql.statements import query

_FILE: Final = "queries/notices.sql"

Row = dict[str, Any]
Lets = Callable[[int | None, int | None], bool]
"""Whether a message may be sent to a channel, or (None) directly to a member."""


def take(
    conn: Connection,
    guild_id: int,
    position: int,
    *,
    began: int | None = None,
    sheet: Row | None = None,
    **notice: Any,
) -> None:
    """Something to tell: ``kind``, ``user``, ``channel`` (None: in a direct message), ``words``
    and ``now``; what has ended is a ``sheet`` of its own and answers the interaction ``began``."""
    notice |= {"began": began, "sheet": None if sheet is None else Jsonb(sheet)}
    _run(conn, "take", guild=guild_id, position=position, **notice)


def where_waiting(conn: Connection, now: datetime) -> list[int]:
    """The guilds in which something is to be told."""
    return [row["guild_id"] for row in _fetch(conn, "where_waiting", now=now)]


def drop(conn: Connection, guild_id: int, *, oldest: datetime, most: int) -> tuple[int, int]:
    """Drop what waits since before ``oldest``, and the oldest where more than ``most`` wait; how
    many of each."""
    where = {"guild": guild_id}
    old = conn.execute(query(_FILE, "drop_old"), {**where, "oldest": oldest}).rowcount
    many = conn.execute(query(_FILE, "drop_many"), {**where, "most": most}).rowcount
    return old, many


def claim(
    conn: Connection,
    guild_id: int,
    now: datetime,
    *,
    minutes: int,
    limit: int,
    lets: Lets,
    wait: Callable[[int], timedelta],
) -> list[list[Row]]:
    """The messages that are to be sent now, each as what it tells: at most ``limit`` in a minute;
    new ones when their first has waited for ``minutes``; those that ``lets`` lets through. Each is
    marked as tried before it is, so that one whose sending was cut short is tried again as the same
    message: after ``wait`` of how often it was tried."""
    where = {"guild": guild_id, "now": now}
    _run(conn, "forget", **where)
    (tried,) = _fetch(conn, "tried_lately", **where)
    room = limit - tried["messages"]
    claimed: list[list[Row]] = []
    again = _fetch(conn, "due_again", **where)
    fresh = _fetch(conn, "ready", **where, minutes=minutes)
    for row in [*again, *fresh]:
        if len(claimed) < room and lets(row["channel_id"], row["reader_id"]):
            claimed.append(_attempt(conn, guild_id, now, row, wait))
    return claimed


def _attempt(
    conn: Connection, guild_id: int, now: datetime, row: Row, wait: Callable[[int], timedelta]
) -> list[Row]:
    """One message, as it was before it is marked as tried."""
    where = {"guild": guild_id, "batch": row["batch"]}
    if "began_id" in row:
        _run(
            conn,
            "join",
            **where,
            kind=row["kind"],
            channel=row["channel_id"],
            reader=row["reader_id"],
            began=row["began_id"],
        )
    message = _fetch(conn, "message", **where)
    retry_at = now + wait(message[0]["attempts"] + 1)
    _run(conn, "attempt", **where, now=now, retry_at=retry_at)
    return message


def sent(conn: Connection, guild_id: int, batch: int, now: datetime) -> None:
    """Discord has this message."""
    _run(conn, "sent", guild=guild_id, batch=batch, now=now)


def failed(
    conn: Connection,
    guild_id: int,
    batch: int,
    problem: str,
    *,
    given_up: bool,
    in_doubt_since: datetime | None,
) -> None:
    """Discord does not have it, or may have it since ``in_doubt_since``."""
    how = {"problem": problem, "given_up": given_up, "in_doubt_since": in_doubt_since}
    _run(conn, "failed", guild=guild_id, batch=batch, **how)


def waiting(conn: Connection, guild_id: int) -> list[Row]:
    """How many ``notices`` wait for each ``channel_id`` or, directly, for each ``reader_id``."""
    return _fetch(conn, "waiting", guild=guild_id)


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
