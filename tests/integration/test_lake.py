"""The lake: each fact once, positions without a gap, rows that stay."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from events.engine.event import Event
from sql import chain, lake
from sql.errors import DatabaseUnreachable
from sql.migrate import connect
from sql.patience import at_most
from sql.pool import ALL_GUILDS, Connection, Database
from tests.support.facts import GUILD, message


def append(database: Database, *events: Event) -> list[lake.Result]:
    with database.transaction(*{e.guild_id for e in events}) as conn:
        return lake.append(conn, events)


def test_the_same_fact_is_recorded_once(database: Database) -> None:
    assert append(database, message(1), message(2), message(1)) == [
        lake.Appended(1),
        lake.Appended(2),
        lake.Duplicate(1),
    ]
    assert append(database, message(2), message(3)) == [lake.Duplicate(2), lake.Appended(3)]


def test_another_fact_under_a_known_key_is_a_conflict_and_changes_nothing(
    database: Database,
) -> None:
    append(database, message(1))
    assert append(database, message(1, user=9), message(2)) == [
        lake.Conflict(1),
        lake.Appended(2),
    ]
    with database.transaction(GUILD) as conn:
        assert [row.user_id for row in lake.read(conn, GUILD, 0, 10)] == [2001, 2001]


def test_a_restated_field_makes_no_conflict(database: Database) -> None:
    append(database, message(1, length=5))
    assert append(database, message(1, length=7, name="renamed")) == [lake.Duplicate(1)]


def test_several_guilds_in_one_transaction_have_their_own_positions(database: Database) -> None:
    events = [message(1, guild=1), message(1, guild=2), message(2, guild=1)]
    assert append(database, *events) == [lake.Appended(1), lake.Appended(1), lake.Appended(2)]


def test_who_holds_a_guild_and_does_nothing_is_made_to_let_go(
    database_url: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """bug: a process that was stopped in a transaction, or whose machine was gone, kept a guild
    locked for hours, and what every guild's members did waited on disk meanwhile."""
    append(database, message(1))
    monkeypatch.setattr("sql.pool.IDLE_MS", 100)
    with (
        Database(database_url) as stopped,
        pytest.raises(DatabaseUnreachable),
        stopped.transaction(GUILD) as conn,
    ):
        lake.append(conn, [message(2)])
        with at_most(60):
            append(database, message(3))
    assert append(database, message(1), message(3)) == [lake.Duplicate(1), lake.Duplicate(2)]


@pytest.mark.parametrize("count", [1, 20])
def test_known_keys_are_looked_up_in_their_index(database: Database, count: int) -> None:
    """bug: for some keys of some guilds the whole lake was looked through."""
    guilds = [GUILD + number for number in range(count)]
    events = [message(number, guild=guilds[number % count]) for number in range(1, 6001)]
    for start in range(0, 6000, 1000):
        append(database, *events[start : start + 1000])
    with connect(database.dsn) as conn:
        conn.execute("analyze event_lake")
    keys = [(event.guild_id, event.source_id) for event in events[:40]]
    with database.transaction(*guilds) as conn:
        before = scans(conn)
        assert lake.stored_under_all(conn, keys).keys() == set(keys)
        assert scans(conn) == before


def scans(conn: Connection) -> int:
    """How often the whole lake was looked through, as far as it is not reported yet."""
    row = conn.execute(
        "select seq_scan from pg_stat_xact_user_tables where relname = 'event_lake'"
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_positions_have_no_gap_whoever_races(database: Database) -> None:
    def write(worker: int) -> None:
        for number in range(20):
            append(database, message(worker * 1000 + number), message(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(1, 9)))
    with database.transaction(GUILD) as conn:
        rows = lake.read(conn, GUILD, 0, 1000)
        assert [row.position for row in rows] == list(range(1, 8 * 20 + 20 + 1))
        assert not list(chain.faults(conn, GUILD))


@pytest.mark.parametrize(
    "statement",
    [
        "update event_lake set user_id = 1",
        "delete from event_lake",
        "truncate event_lake",
    ],
)
def test_the_database_itself_refuses_to_change_a_row(database: Database, statement: str) -> None:
    append(database, message(1))
    with (
        connect(database.dsn) as conn,  # a superuser, whom row-level security does not bind
        pytest.raises(psycopg.errors.RestrictViolation, match="append-only"),
    ):
        conn.execute(statement.encode())
    with database.transaction(ALL_GUILDS) as conn:
        assert lake.heads(conn) == {GUILD: 1}
