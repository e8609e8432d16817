"""Events that this code cannot read: who stops before them, what goes on, and how it goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.automation import drain
from events.engine import catalogue
from events.engine.catalogue import event_types
from events.engine.errors import UnknownRules
from events.engine.unreadable import Unreadable
from events.messages import MessageCreated
from events.settings import SettingChanged
from projections.engine import worker
from projections.engine.advance import ReadModelStopped, catch_up
from projections.engine.read_model import named, read_models
from projections.engine.rebuild import verify
from projections.engine.ruling import rules_now
from sql import checkpoints, lake
from sql.lake import Conflict, Duplicate
from sql.pool import ALL_GUILDS, Database
from sql.reads import fetch
from tests.support.facts import GUILD, message, setting
from tests.support.poison import alter, insert, original
from tests.support.standing import letters, standing, write

OTHER = 1002
MODELS = list(read_models().values())
BY_MESSAGES = {m.name for m in MODELS if MessageCreated in m.handles}


def retry_all(database: Database) -> None:
    with database.transaction(ALL_GUILDS) as conn:
        for one in {letter.name for letter in checkpoints.dead_letters(conn)}:
            checkpoints.resume(conn, one)
    worker.drain(database)


def is_sound(database: Database) -> bool:
    worker.drain(database)
    return not letters(database) and not verify(database.dsn, MODELS, processes=1).differences


def xp(database: Database) -> int:
    with database.transaction(GUILD) as conn:
        rows = fetch(conn, "profiles", "profile", guild=GUILD, user=2001)
    return sum(row["xp"] for row in rows)


@contextmanager
def a_newer_release(monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[None]:
    """This code knows one more event type: fields as a message has them."""

    class FromTheFuture(MessageCreated):
        event_type = name

    with monkeypatch.context() as patch:
        known = dict(event_types()) | {name: FromTheFuture}
        patch.setattr(catalogue, "event_types", lambda: known)
        yield


def test_an_unknown_type_stops_every_read_model_of_its_guild_and_no_other(
    database: Database,
) -> None:
    write(database, message(1), message(1, guild=OTHER))
    insert(database, "1:from_the_future")
    write(database, message(2, seconds=60))
    worker.drain(database)
    assert set(standing(database).values()) == {(1, True)}
    assert set(standing(database, OTHER).values()) == {(1, False)}
    assert {(letter.position, letter.needs_type) for letter in letters(database)} == {
        (2, "from_the_future")
    }
    assert all("no event type 'from_the_future'" in letter.error for letter in letters(database))


def test_what_a_newer_release_wrote_is_taken_in_by_it_without_anybodys_help(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """bug: after a rolling restart everything stood still until an operator came."""
    write(database, message(1))
    insert(database, "1:from_the_future")
    write(database, message(2, seconds=60))
    worker.drain(database)
    with database.transaction(GUILD) as conn, pytest.raises(ReadModelStopped):
        catch_up(conn, GUILD, [named("profiles")])
    with a_newer_release(monkeypatch, "from_the_future"):
        with database.transaction(GUILD) as conn:  # a command is there before the worker
            catch_up(conn, GUILD, [named("profiles")])
        assert xp(database) == 30
        worker.drain(database)
        assert set(standing(database).values()) == {(3, False)}
        assert letters(database) == []
    write(database, message(3, seconds=120))
    worker.drain(database)  # this release goes on behind it
    assert xp(database) == 45


def test_a_version_of_tomorrow_stops_who_folds_that_type_and_goes_on_with_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, message(1), message(2, seconds=60), message(3, seconds=120))
    alter(database, 2, version=MessageCreated.schema_version + 1)
    worker.drain(database)
    assert {letter.name for letter in letters(database)} == BY_MESSAGES
    assert standing(database)["accounts"] == (3, False)
    assert standing(database)["profiles"] == (1, True)
    assert {letter.needs_type for letter in letters(database)} == {"message_create"}
    with monkeypatch.context() as patch:
        newer = MessageCreated.schema_version + 1
        patch.setattr(MessageCreated, "schema_version", newer)
        patch.setattr(MessageCreated, "upcasts", {newer - 1: dict})
        assert is_sound(database)
        assert xp(database) == 45


@pytest.mark.parametrize("payload", ["null", "[]", '"text"', "{}", "7"])
def test_a_payload_altered_by_hand_stops_who_folds_it_until_it_is_put_back(
    database: Database, payload: str
) -> None:
    write(database, message(1), message(2, seconds=60), message(3, seconds=120))
    before = original(database, 2)
    alter(database, 2, payload=payload)
    worker.drain(database)
    stopped = {letter.name for letter in letters(database)}
    assert "profiles" in stopped <= BY_MESSAGES
    assert {letter.needs_type for letter in letters(database)} == {None}
    assert standing(database)["accounts"] == (3, False)
    retry_all(database)
    assert {letter.attempts for letter in letters(database)} == {2}
    alter(database, 2, **before)
    retry_all(database)
    assert is_sound(database)
    assert xp(database) == 45


def test_a_rule_that_cannot_be_read_stops_who_looks_at_the_rules_and_nobody_else(
    database: Database,
) -> None:
    write(database, message(1), setting("message_xp", 100), message(2, seconds=60))
    before = original(database, 2)
    alter(database, 2, payload="null")
    worker.drain(database)
    assert standing(database)["profiles"] == (2, True)  # this one has to know what a message brings
    assert standing(database)["settings"] == (1, True)  # this one folds it
    assert standing(database)["accounts"] == (3, False)
    assert drain(database) == 0
    with database.transaction(GUILD) as conn, pytest.raises(UnknownRules, match="rule:setting"):
        rules_now(conn, GUILD).number("message_xp")
    alter(database, 2, **before)
    retry_all(database)
    assert is_sound(database)
    assert xp(database) == 115


def test_a_rule_that_was_altered_behind_everybody_takes_no_other_guild_down(
    database: Database,
) -> None:
    """bug: the worker ended its round there, in every round, for all guilds behind it."""
    write(database, setting("message_xp", 100), message(1), message(1, guild=OTHER))
    worker.drain(database)
    before = original(database, 1)
    alter(database, 1, payload="[]")
    from projections.engine.ruling import _memory

    _memory.cache_clear()
    write(database, message(2, seconds=60), message(3, seconds=90), message(2, guild=OTHER))
    worker.drain(database)
    assert set(standing(database, OTHER).values()) == {(2, False)}
    assert standing(database)["profiles"] == (2, True)
    assert standing(database)["accounts"] == (4, False)
    alter(database, 1, **before)
    retry_all(database)
    assert is_sound(database)


@pytest.mark.parametrize("value", [-5, 10**30, "text", None, [1], {"a": 1}, 1.5, True])
def test_a_setting_out_of_range_is_as_good_as_none(database: Database, value: object) -> None:
    write(database, message(1))
    told = setting("message_xp", 100).payload() | {"value": value}
    insert(database, "rule:setting:message_xp:1", SettingChanged.event_type, payload=told)
    write(database, message(2, seconds=60))
    worker.drain(database)
    stopped = {letter.name for letter in letters(database)}
    assert stopped <= {"settings", "admin_log"}  # what writes it down may have no room for it
    assert xp(database) == 30


def test_a_second_telling_of_what_a_newer_release_told_is_a_duplicate(database: Database) -> None:
    """Two processes of two releases see the same payload: nothing is lost, nothing collides."""
    write(database, message(1), message(2))
    alter(database, 1, version=MessageCreated.schema_version + 1)
    alter(database, 2, payload="null")
    with database.transaction(GUILD) as conn:
        assert lake.append(conn, [message(1), message(2)]) == [Duplicate(1), Conflict(2)]


def test_who_is_concerned(database: Database) -> None:
    write(database, message(1))
    insert(database, "1:from_the_future")
    alter(database, 1, payload="null")
    with database.transaction(GUILD) as conn:
        known, unknown = map(catalogue.readable, lake.read(conn, GUILD, 0, 9))
    assert isinstance(known, Unreadable) and isinstance(unknown, Unreadable)
    assert known.concerns([MessageCreated]) and not known.concerns([SettingChanged])
    assert unknown.concerns([])
    assert (known.guild_id, known.source_id, known.user_id) == (GUILD, "1:message_create", 2001)
