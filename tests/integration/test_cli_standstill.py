"""The command line about what stands still: seen, retried, repaired."""

import json
from typing import Any

from sql import checkpoints
from sql.migrate import connect
from sql.pool import Database
from tests.integration.test_cli import call, fill
from tests.support.facts import GUILD

__all__ = ["call"]  # a fixture


def test_a_stopped_read_model_is_listed_and_retried(call: Any, database_url: str) -> None:
    fill(database_url)
    assert call("projections", "list").exit_code == 0
    with Database(database_url) as database, database.transaction(GUILD) as conn:
        checkpoints.stop(conn, GUILD, "badges", 5, "ValueError: odd")
    listed = call("projections", "list", "--json")
    assert listed.exit_code == 1
    badges = next(row for row in json.loads(listed.stdout) if row["name"] == "badges")
    (stop,) = badges["stopped"]
    assert stop.pop("since")
    assert stop == {
        "guild": GUILD,
        "position": 5,
        "event": "message_create",
        "error": "ValueError: odd",
        "tries": 1,
        "waits_for": None,
    }
    assert "projections retry badges" in call("projections", "list").output
    assert call("doctor", "--quick").exit_code == 1
    assert str(GUILD) in call("projections", "retry", "badges").output
    assert "nowhere" in call("projections", "retry", "badges").output


def test_an_automation_that_stopped_is_listed_and_retried(call: Any, database_url: str) -> None:
    fill(database_url)
    name, needs = "automation:quests", ("from_the_future", 2)
    with Database(database_url) as database, database.transaction(GUILD) as conn:
        checkpoints.take(conn, GUILD, [name], wait=True)
        checkpoints.stop(conn, GUILD, name, 5, "UnknownEventType: odd", needs=needs)
    assert "newer release wrote what it waits for (from_the_future)" in " ".join(
        call("projections", "list").output.split()
    )
    assert "goes on in: 1001" in call("projections", "retry", name).output


def test_one_guilds_rows_are_built_anew(call: Any, database_url: str) -> None:
    fill(database_url)
    with connect(database_url) as conn:
        conn.execute(b"update profiles set xp = xp + 1 where user_id = 2001")
    assert "Built anew" in call("projections", "repair", "user_stats", str(GUILD)).output
    assert call("verify", "profiles", "--processes", "1").exit_code == 0
    with connect(database_url) as conn:
        conn.execute(b"set session_replication_role = replica")
        conn.execute(b"update event_lake set payload = 'null' where position = 3")
    for words in (["projections", "repair"], ["rebuild"], ["verify"]):
        refused = call(*words, "profiles")
        assert refused.exit_code == 1
        assert f"profiles of guild {GUILD} cannot take in event 3" in refused.stderr
        assert "log verify" in refused.stderr
