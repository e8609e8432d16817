"""An older release at work: it writes events as every release has, whatever the schema is."""

import os
import threading
from collections.abc import Sequence

import psycopg

from events.engine import canonical
from events.engine.event import Event
from sql.migrate import connect, migrate

FIRST_LAKE = 2
"""The oldest schema that has a lake."""

_LOCK = "select head, digest, clock_timestamp() from streams where guild_id = %s for update"
_OPEN = "insert into streams (guild_id) values (%s) on conflict do nothing"
_APPEND = """
    insert into event_lake (guild_id, position, source_id, event_type, schema_version, user_id,
        channel_id, target_id, payload, occurred_at, recorded_at, salt, commitment, digest)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s)"""
_MOVE = "update streams set head = %s, digest = %s where guild_id = %s"


def old_append(conn: psycopg.Connection, event: Event) -> None:
    """Append one event in a transaction of its own, with the columns that the first lake had."""
    with conn.transaction():
        conn.execute("select set_config('app.current_tenant', '*', true)")
        conn.execute(_OPEN, [event.guild_id])
        found = conn.execute(_LOCK, [event.guild_id]).fetchone()
        assert found is not None
        head, previous, at = found
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        row, salt = canonical.stored(event, head + 1), os.urandom(16)
        committed = canonical.commitment(salt, canonical.content(row, at))
        digest = canonical.digest(previous, committed)
        values = [*row[:8], row.payload.decode(), row.occurred_at, at, salt, committed, digest]
        conn.execute(_APPEND, values)
        conn.execute(_MOVE, [head + 1, digest, event.guild_id])


def old_database(url: str, version: int, events: Sequence[Event]) -> None:
    """Make the schema of an older release and record ``events`` in it."""
    migrate(url, up_to=version)
    with connect(url) as conn:
        conn.execute(b"set role tallystick_app")
        for event in events:
            old_append(conn, event)


class OldProcess(threading.Thread):
    """A process of the older release that goes on capturing while others upgrade the database."""

    def __init__(self, url: str, events: Sequence[Event]) -> None:
        """It writes ``events`` once, then waits for the end."""
        super().__init__()
        self._url = url
        self._events = events
        self.failed: Exception | None = None
        self.under_way = threading.Event()

    def run(self) -> None:
        """Write them one by one."""
        try:
            with connect(self._url) as conn:
                conn.execute(b"set role tallystick_app")
                for event in self._events:
                    old_append(conn, event)
                    self.under_way.set()
        except Exception as error:
            self.failed = error
        self.under_way.set()
