"""Columns as binary arrays: what is sent is what PostgreSQL receives."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from psycopg import sql

from sql.arrays import array, repeated
from sql.pool import ALL_GUILDS, Database

COLUMNS = {
    "bigint": [0, -1, 2**63 - 1, -(2**63), None],
    "boolean": [True, False, None],
    "bytea": [b"", b"\x00\xff", None],
    "date": [date(2026, 1, 5), date(1999, 12, 31), None],
    "jsonb": [{"a": [1, "ü", None]}, [], "text", None],
    "smallint": [1, -5, None],
    "text": ["", "naïve 🎉", None],
    "timestamptz": [
        datetime(2026, 1, 5, 12, 30, 15, 123456, tzinfo=UTC),
        datetime(1970, 1, 1, 5, tzinfo=timezone(timedelta(hours=5))),
        None,
    ],
}


@pytest.mark.parametrize(("kind", "values"), COLUMNS.items())
def test_a_column_arrives_as_it_was(database: Database, kind: str, values: list[Any]) -> None:
    statement = sql.SQL("select x from unnest(%b::{}[]) as x").format(sql.SQL(kind))
    with database.transaction(ALL_GUILDS) as conn:
        rows = conn.execute(statement, [array(kind, values)]).fetchall()
        without_nulls = conn.execute(statement, [array(kind, values[:-1])]).fetchall()
        thrice = conn.execute(statement, [repeated(kind, values[0], 3)]).fetchall()
        none = conn.execute(statement, [array(kind, [])]).fetchall()
    assert [value for (value,) in rows] == values
    assert [value for (value,) in without_nulls] == values[:-1]
    assert [value for (value,) in thrice] == values[:1] * 3
    assert none == []
