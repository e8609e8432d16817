"""Rows of every kind and type in and out, live (upsert) and aside (copy) alike."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sql import rows
from sql.migrate import connect
from sql.pool import Database
from sql.rows import Table
from tests.support.histories import NAMES

GUILD, OTHER = 1001, 1002


@dataclass(slots=True)
class Thing:
    member: int
    name: str | None
    is_new: bool
    made_at: datetime | None
    day: date | None
    more: dict[str, Any] | None
    parts: list[int]


@dataclass(slots=True)
class Mark:
    what: str


@dataclass(slots=True)
class Count:
    hits: int
    what: str
    misses: int


THINGS = Table("things", Thing, "state", key=("member",), member="member")
NAMED = Table("things", Thing, "state", key=("member",), member="member", also="name")
MARKS = Table("marks", Mark, "state", key=("what",))
COUNTS = Table("counts", Count, "tally", key=("what",))
LINES = Table("lines", Mark, "journal", key=("what",))


@pytest.fixture
def made(database: Database) -> Database:
    with connect(database.dsn) as conn:
        for schema in (b"public", b"rebuild"):
            conn.execute(
                b"set search_path to " + schema + b", public;"
                b"create table things (guild_id bigint, member bigint, name text, is_new boolean,"
                b" made_at timestamptz, day date, more jsonb, parts jsonb,"
                b" primary key (guild_id, member));"
                b"create table marks (guild_id bigint, what text, primary key (guild_id, what));"
                b"create table lines (guild_id bigint, what text, primary key (guild_id, what));"
                b"create table counts (guild_id bigint, hits bigint, what text, misses bigint,"
                b" primary key (guild_id, what));"
            )
            for table in (THINGS, MARKS, COUNTS, LINES):
                conn.execute(
                    b"select protect_table(%s::regclass)", [f"{schema.decode()}.{table.name}"]
                )
            conn.execute(b"grant insert on all tables in schema rebuild to tallystick_app")
    return database


def things() -> list[Thing]:
    moment = datetime(2026, 1, 5, 12, 0, 0, 123_000, UTC)
    full = [
        Thing(n, name, True, moment, date(1999, 12, 31), {"a": [1, None, name]}, [n])
        for n, name in enumerate(NAMES)
    ]
    return [*full, Thing(2**63 - 1, None, False, None, None, None, [])]


def test_every_type_comes_back_as_it_went_in(made: Database) -> None:
    told = things()
    with made.transaction(GUILD) as conn:
        rows.write(conn, THINGS, GUILD, told)
        loaded = rows.load(conn, THINGS, GUILD, [thing.member for thing in told])
    assert list(loaded.values()) == told
    assert list(loaded) == [(thing.member,) for thing in told]


def test_copied_rows_are_the_rows_that_are_upserted(made: Database) -> None:
    with made.transaction(GUILD) as conn:
        rows.write(conn, THINGS, GUILD, things())
    with connect(made.dsn) as conn:
        rows.copy(conn, THINGS, GUILD, things(), "rebuild")
        assert rows.differing(conn, THINGS, GUILD, "rebuild") == []
        assert rows.count(conn, THINGS, GUILD) == len(things())
        conn.execute(b"update rebuild.things set parts = '[0]' where member = 1")
        (live, rebuilt) = rows.differing(conn, THINGS, GUILD, "rebuild")
    assert (live[0], live[1]["parts"]) == ("live", [1])
    assert (rebuilt[0], rebuilt[1]["parts"]) == ("rebuilt", [0])


def test_a_state_row_replaces_the_one_before_and_only_the_members_asked_for_are_loaded(
    made: Database,
) -> None:
    first, second = things()[:2]
    with made.transaction(GUILD, OTHER) as conn:
        rows.write(conn, THINGS, GUILD, [first, second])
        rows.write(conn, THINGS, OTHER, [first])
        second.name, second.more = "changed", None
        rows.write(conn, THINGS, GUILD, [second])
        assert list(rows.load(conn, THINGS, GUILD, [second.member]).values()) == [second]
        assert rows.load(conn, THINGS, GUILD, []) == {}
        assert list(rows.load(conn, THINGS, OTHER, [first.member, second.member])) == [(0,)]


def test_rows_in_which_a_column_says_something_are_loaded_beside_the_members(
    made: Database,
) -> None:
    named, *_, nameless = things()
    (other := things()[-1]).member = 77
    with made.transaction(GUILD, OTHER) as conn:
        rows.write(conn, NAMED, GUILD, [named, nameless, other])
        rows.write(conn, NAMED, OTHER, [things()[1]])
        assert rows.load(conn, NAMED, GUILD, []) == {(named.member,): named}
        for members in ([77], [77, named.member]):
            found = rows.load(conn, NAMED, GUILD, members)
            assert found == {(named.member,): named, (77,): other}


def test_a_state_row_that_is_only_a_key_is_there_once(made: Database) -> None:
    with made.transaction(GUILD) as conn:
        rows.write(conn, MARKS, GUILD, [Mark("a"), Mark("b")])
        rows.write(conn, MARKS, GUILD, [Mark("b"), Mark("c")])
        assert [mark.what for mark in rows.load(conn, MARKS, GUILD, ()).values()] == ["a", "b", "c"]


def test_a_tally_adds_to_each_column_whatever_their_order(made: Database) -> None:
    assert COUNTS.of_tally(("x",), (3, 4)) == Count(3, "x", 4)
    with made.transaction(GUILD) as conn:
        rows.write(conn, COUNTS, GUILD, [Count(1, "x", 10), Count(5, "y", 0)])
        rows.write(conn, COUNTS, GUILD, [Count(2, "x", -3)])
        found = conn.execute(b"select hits, what, misses from counts order by what").fetchall()
    assert found == [(3, "x", 7), (5, "y", 0)]


def test_a_line_of_a_journal_is_written_once(made: Database) -> None:
    with made.transaction(GUILD) as conn:
        rows.write(conn, LINES, GUILD, [])
        rows.write(conn, LINES, GUILD, [Mark("a")])
        with pytest.raises(Exception, match="lines_pkey"), conn.transaction():
            rows.write(conn, LINES, GUILD, [Mark("a")])
