"""Tamper evidence: whoever changes the log behind our back is found, and where."""

import pytest

from sql import chain, lake
from sql.migrate import connect
from sql.pool import Database
from tests.support.facts import GUILD, message

EVENTS = 9


@pytest.fixture
def written(database: Database) -> Database:
    with database.transaction(GUILD) as conn:
        lake.append(conn, [message(n, seconds=n) for n in range(1, EVENTS + 1)])
    return database


def tamper(database: Database, *statements: str) -> list[tuple[int, str]]:
    """Change the log as somebody with a superuser's rights would; what the walk finds then."""
    with connect(database.dsn) as conn:
        conn.execute(b"set session_replication_role = replica")
        for statement in statements:
            conn.execute(statement.encode())
    with database.transaction(GUILD) as conn:
        return [(fault.position, fault.problem) for fault in chain.faults(conn, GUILD)]


def test_an_untouched_log_has_no_fault(written: Database) -> None:
    assert tamper(written) == []


@pytest.mark.parametrize(
    "change",
    [
        "payload = payload || '{\"length\": 7}'",
        "user_id = 9",
        "channel_id = null",
        "source_id = 'x'",
        "event_type = 'thread_create'",
        "occurred_at = occurred_at + interval '1 s'",
        "recorded_at = recorded_at + interval '1 s'",
        "salt = decode('00', 'hex')",
        "salt = null",
        "payload = null",
    ],
)
def test_a_changed_row_is_named(written: Database, change: str) -> None:
    found = tamper(written, f"update event_lake set {change} where position = 4")
    assert found == [(4, "content was changed after it was recorded")]


def test_a_changed_row_with_a_forged_commitment_breaks_the_chain(written: Database) -> None:
    found = tamper(
        written, "update event_lake set commitment = sha256('forged') where position = 4"
    )
    assert [position for position, _ in found] == [4, 4]
    assert found[0][1] == "does not follow from the row before it"


def test_removed_rows_are_named(written: Database) -> None:
    found = tamper(written, "delete from event_lake where position in (3, 4, 7)")
    assert found[0] == (3, "and all up to 4 were removed")
    assert (7, "was removed") in found


def test_a_cut_tail_is_found(written: Database) -> None:
    found = tamper(written, "delete from event_lake where position > 7")
    assert found == [(8, "and all up to 9 were removed")]


def test_an_inserted_row_is_found(written: Database) -> None:
    found = tamper(
        written,
        "insert into event_lake select guild_id, 10, 'new', event_type, schema_version, user_id, "
        "channel_id, target_id, payload, occurred_at, recorded_at, salt, commitment, digest "
        "from event_lake where position = 9",
    )
    assert (10, "stands after the head of the stream") in found
    assert (10, "does not follow from the row before it") in found


def test_reordered_rows_are_found(written: Database) -> None:
    found = tamper(
        written,
        "update event_lake set position = 100 where position = 3",
        "update event_lake set position = 3 where position = 5",
        "update event_lake set position = 5 where position = 100",
    )
    assert {3, 5} <= {position for position, _ in found}


def test_a_moved_head_is_found(written: Database) -> None:
    assert tamper(written, "update streams set digest = sha256('other')") == [
        (9, "is not the row that the stream's head was signed with")
    ]


def test_erased_content_still_verifies(written: Database) -> None:
    assert (
        tamper(written, "update event_lake set payload = null, salt = null where position = 4")
        == []
    )


def test_the_walk_goes_over_many_pages(written: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "PAGE", 2)
    with written.transaction(GUILD) as conn:
        assert list(chain.faults(conn, GUILD)) == []
