"""Seasons and boards from the command line: what was, what is due, and what it would do."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from sql import lake
from sql.pool import Database
from tests.support.facts import GUILD, calendar, message
from tests.support.rolling import roll_over, season_messages, utc, write

ANN, BEN = 2001, 2002
NOW = datetime.now(UTC)


@pytest.fixture
def call(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on a fresh database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return run


def data(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def head(database: Database) -> int:
    with database.transaction(GUILD) as conn:
        return lake.heads(conn)[GUILD]


def fill(database: Database) -> None:
    """A season of which nobody saw the end, with three messages of Ann's and one of Ben's."""
    write(database, message(1))
    roll_over(database, utc(2026, 1, 6))
    write(database, *season_messages(ANN, BEN, first=1000, at=utc(2026, 1, 7)))


def test_a_preview_says_what_a_roll_then_does_and_changes_nothing(
    call: Any, database: Database
) -> None:
    fill(database)
    before = head(database)
    first, second, *_ = data(call("season", "preview", "--at", "2026-08-01T00:00Z", "--json"))
    assert head(database) == before
    assert (first["closes"], first["opens"], first["due"]) == (1, 2, True)
    assert (first["name"], first["next"]) == ("January to March 2026", "April to June 2026")
    assert [(p["user_id"], p["rank"], p["coins"], p["badge"]) for p in first["places"]] == [
        (ANN, 1, 3000, "season-1-place-1"),
        (BEN, 2, 2000, "season-1-place-2"),
    ]
    assert (second["closes"], second["places"], second["opens"]) == (2, [], 3)
    assert "season-1-place-1" in call("season", "preview", "--at", "2026-08-01T00:00Z").output
    recorded = data(call("season", "roll", "--json"))
    assert [row["event"] for row in recorded][:5] == [
        "season_end",
        "season_reward",
        "badge_earned",
        "badge_earned",
        "season_start",
    ]
    assert "Nothing is due" in call("season", "roll").output


def test_a_preview_with_nothing_due_shows_what_the_end_would_bring(
    call: Any, database: Database
) -> None:
    fill(database)
    (only,) = data(call("season", "preview", "--at", "2026-02-01T00:00+00:00", "--json"))
    assert (only["due"], only["closes"], len(only["places"])) == (False, 1, 2)
    assert "Not due yet" in call("season", "preview", "--at", "2026-02-01T00:00Z").output


@pytest.mark.parametrize("at", ["1960-01-01T00:00Z", "9999-12-31T23:59Z", "0001-01-02T00:00Z"])
def test_a_preview_of_another_age_is_refused(call: Any, database: Database, at: str) -> None:
    fill(database)
    said = call("season", "preview", "--at", at)
    assert said.exit_code == 2 and "within ten years" in said.stderr


@pytest.mark.parametrize("at", ["soon", "2026-13-01T00:00Z", "2026-06-01T10:00", "2026-06-01"])
def test_a_preview_wants_a_time_with_a_zone(call: Any, database: Database, at: str) -> None:
    fill(database)
    said = call("season", "preview", "--at", at)
    assert said.exit_code == 2 and "is no time with a zone" in said.stderr


def test_seasons_are_listed_newest_first(call: Any, database: Database) -> None:
    assert call("season", "list").exit_code == 2  # no guild yet
    fill(database)
    roll_over(database, utc(2026, 4, 2))
    listed = data(call("season", "list", "--json"))
    assert [(row["number"], row["state"], row["first"]) for row in listed] == [
        (2, "running", []),
        (1, "closed", [ANN]),
    ]
    assert "April to June 2026" in call("season", "list").output


def test_boards_of_days_by_the_guilds_own_clock(call: Any, database: Database) -> None:
    write(database, calendar("Asia/Kathmandu", [0, 20_700]))
    late = utc(2026, 1, 7, 18, 14)  # 23:59 there; a minute later it is the next day
    write(database, *season_messages(ANN, BEN, 2003, first=1000, at=late))
    day = data(
        call("board", "messages", "--since", "2026-01-08", "--until", "2026-01-08", "--json")
    )
    assert [(row["user_id"], row["number"]) for row in day] == [(ANN, 2), (BEN, 1)]
    both = data(call("board", "messages", "--since", "2026-01-07", "--json"))
    assert [(row["user_id"], row["number"]) for row in both] == [(ANN, 3), (BEN, 2), (2003, 1)]
    xp = data(call("board", "xp", "--since", "2026-01-08", "--until", "2026-01-31", "--json"))
    assert [(row["user_id"], row["rank"], row["number"]) for row in xp] == [
        (ANN, 1, 30),
        (BEN, 2, 15),
    ]
    assert data(call("board", "--period", "lastmonth", "--json")) == []
    assert (
        "7 January 2026" in call("board", "--since", "2026-01-07", "--until", "2026-01-07").output
    )
