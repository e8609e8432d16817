"""Poison: what cannot be folded, read or decided stops as little as can be, and no other guild."""

from datetime import UTC, datetime
from typing import Any, cast

import psycopg
import pytest

from bot import automation, schedule
from bot.automation import Automation
from bot.effects import telling
from bot.schedule import Due
from events.engine.event import Event
from events.messages import MessageCreated
from projections.engine import worker
from projections.engine.advance import advance
from projections.engine.read_model import named, read_models
from projections.engine.rebuild import verify
from sql import checkpoints, lake
from sql.errors import DatabaseUnreachable
from sql.pool import ALL_GUILDS, Connection, Database
from sql.reads import fetch
from tests.support.facts import GUILD, at, message, setting
from tests.support.poison import failing

OTHER = 1002
MEMBER = 2001
MODELS = list(read_models().values())
PROFILES = named("profiles")
NOW = datetime(2026, 2, 10, tzinfo=UTC)


def write(database: Database, *events: Event) -> None:
    with database.transaction(*{e.guild_id for e in events}) as conn:
        lake.append(conn, events)


def a_level(guild: int = GUILD, first: int = 1) -> list[Event]:
    """As many messages as bring a member to level 1."""
    return [message(n, guild=guild, seconds=n * 60) for n in range(first, first + 10)]


def coins(database: Database, guild: int = GUILD) -> int:
    worker.drain(database)
    with database.transaction(guild) as conn:
        rows = fetch(conn, "accounts", "board", guild=guild, currency="coins", limit=9, offset=0)
    return sum(row["number"] for row in rows)


def letters(database: Database) -> list[checkpoints.DeadLetter]:
    with database.transaction(ALL_GUILDS) as conn:
        return checkpoints.dead_letters(conn)


def retry(database: Database, name: str) -> list[int]:
    with database.transaction(ALL_GUILDS) as conn:
        return checkpoints.resume(conn, name)


def is_sound(database: Database) -> bool:
    worker.drain(database)
    return not letters(database) and not verify(database.dsn, MODELS, processes=1).differences


def test_an_automation_waits_for_a_read_model_that_stands_still_and_skips_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """bug: the round ended at the guild with the poison, and those after it got nothing."""
    write(database, *a_level(), message(99, seconds=1000), *a_level(OTHER))
    with failing(monkeypatch, PROFILES, MessageCreated, "99:message_create"):
        automation.drain(database)
        assert [(one.guild_id, one.name) for one in letters(database)] == [(GUILD, "profiles")]
        assert (coins(database), coins(database, OTHER)) == (0, 20)
    assert automation.drain(database) == 0
    assert retry(database, "profiles") == [GUILD]
    worker.drain(database)
    automation.drain(database)
    assert coins(database) == 20
    assert is_sound(database)


def test_an_automation_that_fails_is_stopped_there_and_goes_on_where_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = automation.automations()

    def broken(one: Automation) -> Automation:
        def follow(conn: Connection, guild_id: int, after: int, up_to: int) -> Any:
            if guild_id == GUILD:
                raise ZeroDivisionError("a bug")
            return one.follow(conn, guild_id, after, up_to)

        return Automation(one.name, one.reads, follow, one.whole, one.prepare)

    write(database, *a_level(), *a_level(OTHER))
    with monkeypatch.context() as patch:
        patch.setattr(automation, "automations", lambda: tuple(map(broken, real)))
        automation.drain(database)
        assert {(one.guild_id, one.name, one.position) for one in letters(database)} == {
            (GUILD, one.name, 1) for one in real
        }
    assert (coins(database), coins(database, OTHER)) == (0, 20)
    for one in real:
        assert retry(database, one.name) == [GUILD]
    automation.drain(database)
    assert coins(database) == 20
    assert is_sound(database)


def test_the_worker_goes_on_behind_a_guild_in_which_it_cannot_work(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, *a_level(), message(50), *a_level(OTHER))
    told = list[tuple[int, str]]()

    def note(guild_id: int, error: Exception) -> None:
        told.append((guild_id, str(error)))

    for error in (ZeroDivisionError("a bug"), DatabaseUnreachable("a lock")):

        def broken(
            conn: Connection, guild_id: int, models: Any, error: Exception = error, **more: Any
        ) -> int:
            if guild_id == GUILD:
                raise error
            return advance(conn, guild_id, models, **more)

        with monkeypatch.context() as patch:
            patch.setattr(worker, "advance", broken)
            worker.run_once(database, failed=note)
    assert told == [(GUILD, "a bug"), (GUILD, "a lock")]
    with database.transaction(ALL_GUILDS) as conn:
        assert checkpoints.lagging(conn, [m.name for m in MODELS], 9) == [GUILD]


def test_what_is_due_is_done_whatever_fails_beside_it(database: Database) -> None:
    """bug: one guild that could not be looked into kept what is due from every guild."""
    write(database, message(1), message(1, guild=OTHER))
    done = list[tuple[str, int]]()

    def due(name: str, *, fails_in: int | None = None, nowhere: bool = False) -> Due:
        def where(conn: Connection, now: datetime) -> list[int]:
            if nowhere:
                raise ZeroDivisionError("cannot look")
            return [GUILD, OTHER]

        def decide(conn: Connection, guild_id: int, now: datetime) -> list[Event]:
            if guild_id == fails_in:
                raise DatabaseUnreachable("a lock is held for too long")
            done.append((name, guild_id))
            return []

        return Due(name, (), where, decide)

    dues = [due("a", nowhere=True), due("b", fails_in=GUILD), due("c")]
    assert schedule.run_due(database, NOW, dues) == []
    assert done == [("b", OTHER), ("c", GUILD), ("c", OTHER)]


def test_a_database_that_is_away_ends_the_round(database: Database) -> None:
    write(database, message(1))
    due = Due("a", (), lambda conn, now: [GUILD], lambda conn, guild_id, now: [])
    with Database(database.dsn + "x", timeout=0.1) as away, pytest.raises(DatabaseUnreachable):
        schedule.run_due(away, NOW, [due])


def test_what_is_too_long_for_an_index_is_no_lost_connection(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """bug: psycopg counts it among the errors that pass, so the guild was tried for ever."""
    too_long = psycopg.errors.ProgramLimitExceeded("index row size 5000 exceeds maximum 2704")

    def broken(event: MessageCreated, to: Any) -> None:
        raise too_long

    write(database, message(1))
    monkeypatch.setitem(PROFILES._folds, cast(Any, MessageCreated), broken)
    worker.drain(database)
    (letter,) = letters(database)
    assert (letter.name, letter.position) == ("profiles", 1)
    assert "index row size" in letter.error


def test_notices_stop_where_they_cannot_be_found_and_are_not_skipped(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for guild in (GUILD, OTHER):
        write(database, setting("level_up_here", 1, guild=guild), *a_level(guild))
    automation.drain(database)
    worker.drain(database)
    real = telling._put_by

    def broken(conn: Connection, guild_id: int, *more: Any) -> int:
        if guild_id == GUILD:
            raise ZeroDivisionError("a bug")
        return real(conn, guild_id, *more)

    with monkeypatch.context() as patch:
        patch.setattr(telling, "_put_by", broken)
        assert telling.take_in(database, at(700)) > 0
    assert [(one.guild_id, one.name) for one in letters(database)] == [(GUILD, telling.NAME)]
    assert telling.take_in(database, at(700)) == 0
    assert retry(database, telling.NAME) == [GUILD]
    assert telling.take_in(database, at(700)) > 0
    assert letters(database) == []
