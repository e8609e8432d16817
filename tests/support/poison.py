"""Poison by hand: rows that a newer release or a stranger wrote, past every check of ours."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from events.engine.event import Event
from projections.engine.read_model import ReadModel, WorkingSet
from sql.migrate import connect
from sql.pool import Database
from tests.support.facts import GUILD


def insert(
    database: Database,
    source_id: str,
    event_type: str = "from_the_future",
    *,
    guild: int = GUILD,
    version: int = 1,
    payload: Any = None,
) -> None:
    """One more event at the head of a guild's log, of a type or version that may be unknown."""
    with connect(database.dsn) as conn:
        conn.execute(
            b"""with moved as (
                    update streams set head = head + 1,
                        ruled_at = case when %(source)s like 'rule:%%' then head + 1
                            else ruled_at end,
                        ruled_digest = case when %(source)s like 'rule:%%'
                            then sha256(%(source)s::bytea) else ruled_digest end
                    where guild_id = %(guild)s returning head)
                insert into event_lake (guild_id, position, source_id, event_type, schema_version,
                    payload, occurred_at, recorded_at, salt, commitment, digest)
                select %(guild)s, head, %(source)s, %(type)s, %(version)s, %(payload)s::jsonb,
                    now(), now(), 'x', sha256(''), sha256('') from moved""",
            {
                "guild": guild,
                "source": source_id,
                "type": event_type,
                "version": version,
                "payload": json.dumps({} if payload is None else payload),
            },
        )


def alter(
    database: Database,
    position: int,
    *,
    guild: int = GUILD,
    event_type: str | None = None,
    version: int | None = None,
    payload: str | None = None,
) -> None:
    """Change a recorded event as a superuser can."""
    with connect(database.dsn) as conn, conn.transaction():
        conn.execute(b"set local session_replication_role = replica")  # no triggers
        done = conn.execute(
            b"""update event_lake set event_type = coalesce(%(type)s, event_type),
                    schema_version = coalesce(%(version)s, schema_version),
                    payload = coalesce(%(payload)s::jsonb, payload)
                where guild_id = %(guild)s and position = %(position)s""",
            {
                "type": event_type,
                "version": version,
                "payload": payload,
                "guild": guild,
                "position": position,
            },
        )
        assert done.rowcount == 1


def original(database: Database, position: int, *, guild: int = GUILD) -> dict[str, Any]:
    """What :func:`alter` takes to put an event back as it is now."""
    with connect(database.dsn) as conn:
        row = conn.execute(
            b"""select event_type, schema_version, payload::text from event_lake
                where guild_id = %s and position = %s""",
            [guild, position],
        ).fetchone()
    assert row is not None
    return {"event_type": row[0], "version": row[1], "payload": row[2]}


def failing_fold(
    model: ReadModel, cls: type[Event], *source_ids: str
) -> Callable[[Any, WorkingSet], None]:
    """The fold of ``model`` for such events, with a bug that shows at these ones."""
    real = model.handles[cls]

    def broken(event: Any, to: WorkingSet) -> None:
        real(event, to)  # what it has done by then must leave no trace
        if event.source_id in source_ids:
            raise ZeroDivisionError(f"cannot fold {event.source_id}")

    return broken


@contextmanager
def failing(
    monkeypatch: pytest.MonkeyPatch, model: ReadModel, cls: type[Event], *source_ids: str
) -> Iterator[None]:
    """For as long as this lasts ``model`` has such a bug."""
    with monkeypatch.context() as patch:
        patch.setitem(model._folds, cls, failing_fold(model, cls, *source_ids))
        yield
