"""Mending: rebuild, repair and verify around poison, and the same rows whichever way was gone."""

from itertools import zip_longest
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.messages import MessageCreated
from projections.engine import worker
from projections.engine.build import build_aside
from projections.engine.read_model import named, read_models
from projections.engine.rebuild import rebuild, repair, verify
from sql import checkpoints, embedded
from sql.migrate import connect
from sql.pool import ALL_GUILDS, Database
from sql.reads import fetch
from tests.support import postgres
from tests.support.facts import GUILD, message
from tests.support.histories import history
from tests.support.poison import alter, failing, failing_fold, original
from tests.support.standing import overdraft, write

OTHER = 1002
MODELS = list(read_models().values())
PROFILES, ACCOUNTS = named("profiles"), named("accounts")


def messages(database: Database, guild: int = GUILD) -> int:
    with database.transaction(guild) as conn:
        rows = fetch(conn, "profiles", "profile", guild=guild, user=2001)
    return sum(int(row["messages"]) for row in rows)


def place(database: Database, name: str = "profiles", guild: int = GUILD) -> tuple[int, bool]:
    with database.transaction(guild) as conn:
        (lag,) = checkpoints.lag(conn, [name])
    return lag.position, lag.stopped


def by_hand(database: Database, statement: bytes, *, at_least: int = 1) -> None:
    with connect(database.dsn) as conn:
        assert conn.execute(statement).rowcount >= at_least


def stopped(database: Database) -> set[tuple[int, str, int]]:
    with database.transaction(ALL_GUILDS) as conn:
        return {(d.guild_id, d.name, d.position) for d in checkpoints.dead_letters(conn)}


def retry_all(database: Database) -> None:
    with database.transaction(ALL_GUILDS) as conn:
        for name in {letter.name for letter in checkpoints.dead_letters(conn)}:
            checkpoints.resume(conn, name)
    worker.drain(database)


def differences(database: Database) -> list[Any]:
    report = verify(database.dsn, MODELS, processes=1)
    return [*report.differences, *report.unbuilt]


def test_a_rebuild_keeps_the_rows_of_a_guild_it_cannot_build_and_makes_all_others_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for guild in (GUILD, OTHER):
        write(database, *(message(n, guild=guild, seconds=60 * n) for n in (1, 2, 3)))
    worker.drain(database)
    write(database, message(4, seconds=300), message(5, seconds=360))
    by_hand(database, b"update user_stats set messages = 99 where guild_id = 1002")
    with failing(monkeypatch, PROFILES, MessageCreated, "4:message_create"):
        worker.drain(database)
        (one,) = rebuild(database.dsn, [PROFILES], processes=1)
        assert (one.guild_id, one.name, one.position) == (GUILD, "profiles", 3)
        assert str(one).startswith("profiles of guild 1001 cannot take in event 4 (ZeroDivision")
    assert stopped(database) == {(GUILD, "profiles", 4)}
    assert place(database) == (3, True)
    assert (messages(database), messages(database, OTHER)) == (3, 3)
    retry_all(database)
    assert messages(database) == 5
    assert differences(database) == []


def test_what_live_went_past_is_kept_when_it_can_be_taken_in_no_more(database: Database) -> None:
    write(database, *(message(n, seconds=60 * n) for n in (1, 2, 3)))
    worker.drain(database)
    before = original(database, 2)
    alter(database, 2, payload="null")
    assert {(one.name, one.position) for one in rebuild(database.dsn, MODELS, processes=1)} == {
        (m.name, 1) for m in MODELS if MessageCreated in m.handles
    }
    assert place(database) == (3, False)
    assert messages(database) == 3
    report = verify(database.dsn, [PROFILES, ACCOUNTS], processes=1)
    assert [(one.name, one.position) for one in report.unbuilt] == [("profiles", 1)]
    assert "accounts" in report.rows and "profiles" not in report.rows
    assert repair(database.dsn, PROFILES, GUILD) == report.unbuilt
    alter(database, 2, **before)
    assert differences(database) == []


def test_another_build_has_no_use_for_old_rows_and_ends_before_the_event(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, *(message(n, seconds=60 * n) for n in (1, 2, 3)))
    worker.drain(database)
    by_hand(database, b"update read_models set version = 0 where name = 'profiles'")
    with failing(monkeypatch, PROFILES, MessageCreated, "2:message_create"):
        assert len(rebuild(database.dsn, [PROFILES], processes=1)) == 1
        assert (place(database), messages(database)) == ((1, False), 1)
        worker.drain(database)
        assert stopped(database) == {(GUILD, "profiles", 2)}
    retry_all(database)
    assert differences(database) == []


def test_a_row_that_the_database_refuses_keeps_no_other_guild_from_its_tables(
    database: Database,
) -> None:
    """bug: a rebuild of all guilds failed for a row of one."""
    write(database, message(1), message(2), overdraft(), message(3), message(1, guild=OTHER))
    worker.drain(database)
    left = rebuild(database.dsn, [ACCOUNTS, PROFILES], processes=1)
    assert [(one.name, one.position) for one in left] == [("accounts", 2)]
    assert "only_the_mint_owes" in left[0].error
    assert place(database, "accounts") == (2, True)
    assert place(database) == (4, False)


def test_an_event_that_comes_in_the_middle_and_cannot_be_folded_is_left_to_the_worker(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, message(1))

    def meanwhile(*arguments: Any, **named: Any) -> Any:
        built = build_aside(*arguments, **named)
        write(database, message(2, seconds=60))
        return built

    monkeypatch.setattr("projections.engine.rebuild.build_aside", meanwhile)
    with failing(monkeypatch, PROFILES, MessageCreated, "2:message_create"):
        assert rebuild(database.dsn, [PROFILES], processes=1) == []
        assert place(database) == (1, False)
        worker.drain(database)
        assert stopped(database) == {(GUILD, "profiles", 2)}
    retry_all(database)
    assert messages(database) == 2


def test_one_guild_is_repaired_beside_the_others(database: Database) -> None:
    for guild in (GUILD, OTHER):
        write(database, *(message(n, guild=guild, seconds=60 * n) for n in (1, 2, 3)))
    worker.drain(database)
    by_hand(database, b"update user_stats set messages = 99")
    write(database, message(4, seconds=300))
    assert repair(database.dsn, PROFILES, GUILD) == []
    assert place(database) == (4, False)
    assert (messages(database), messages(database, OTHER)) == (4, 99)
    assert repair(database.dsn, PROFILES, OTHER) == []
    worker.drain(database)
    assert differences(database) == []


def test_a_row_edited_so_that_the_next_cannot_be_written_stops_it_until_it_is_repaired(
    database: Database,
) -> None:
    write(database, message(1), message(1, guild=OTHER))
    worker.drain(database)
    by_hand(database, b"update profiles set xp = 9223372036854775807")
    write(database, message(2, seconds=60))
    worker.drain(database)
    found = stopped(database)
    assert {(guild, position) for guild, _, position in found} <= {(GUILD, 2)}
    assert repair(database.dsn, PROFILES, GUILD) == []
    assert stopped(database) == set()
    assert place(database) == (2, False)
    assert repair(database.dsn, PROFILES, OTHER) == []
    assert differences(database) == []


class Poisoner:
    """Poisons what is there by now, in ways taken by lot, and knows how to mend it."""

    def __init__(self, database: Database, dice: Random) -> None:
        self._database, self._dice = database, dice
        self._altered: dict[int, dict[str, Any]] = {}

    def poison(self, way: str, head: int) -> None:
        position = self._dice.randint(1, head)
        if way == "row":
            by_hand(
                self._database,
                b"update user_stats set messages = messages + 3 where guild_id = 1001",
                at_least=0,
            )
        elif position not in self._altered:
            self._altered[position] = original(self._database, position)
            how: dict[str, Any] = {
                "payload": {"payload": "null"},
                "type": {"event_type": "from_the_future"},
                "version": {"version": 99},
                "other": {"payload": "{}"},
            }
            alter(self._database, position, **how[way])

    def mend(self) -> None:
        """Put the rows back, let everything go on, and repair what differs all the same."""
        for position, before in self._altered.items():
            alter(self._database, position, **before)
        retry_all(self._database)
        for table in {one.table for one in differences(self._database)}:
            assert repair(self._database.dsn, named(table), GUILD) == []


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    ways=st.lists(st.sampled_from(["payload", "type", "version", "other", "row"]), max_size=3),
)
def test_after_any_poison_and_its_mend_live_is_rebuilt(
    postgres_server: embedded.Server, seed: int, ways: list[str]
) -> None:
    """A bug in a fold, altered rows, rows of a newer release, edited read models, in any history;
    each mended in its own way; then every table is what a rebuild makes of the log."""
    dice, told = Random(seed), list(history(GUILD, seed=seed, length=60))
    odd = dice.choice([event for event in told if any(type(event) in m.handles for m in MODELS)])
    model = dice.choice([m for m in MODELS if type(odd) in m.handles])
    with postgres.fresh(postgres_server) as url, Database(url) as database:
        poisoner = Poisoner(database, dice)
        write(database, message(1, guild=OTHER))
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(model._folds, type(odd), failing_fold(model, type(odd), odd.source_id))
            size = len(told) // (len(ways) + 1) + 1
            for start, way in zip_longest(range(0, len(told), size), ways):
                write(database, *told[start : start + size])
                if way is not None:
                    poisoner.poison(way, min(start + size, len(told)))
                worker.drain(database)
        assert {guild for guild, _, _ in stopped(database)} <= {GUILD}
        assert place(database, guild=OTHER) == (1, False)
        poisoner.mend()
        assert stopped(database) == set()
        assert differences(database) == []
