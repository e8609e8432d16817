"""The worker: any number at once, each event once, and a failure stops only what it must."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, cast

import pytest

from events.messages import MessageCreated
from events.settings import SettingChanged
from events.voice import VoiceJoined, VoiceLeft
from projections.engine import worker
from projections.engine.advance import ReadModelStopped, advance, catch_up
from projections.engine.read_model import named, read_models
from projections.engine.rebuild import verify
from sql import checkpoints, rows
from sql.listen import Listener
from sql.migrate import connect
from sql.pool import ALL_GUILDS, Database
from sql.reads import fetch
from tests.support.facts import GUILD, at, message, voice
from tests.support.histories import history
from tests.support.standing import letters, overdraft, standing, write

MODELS = list(read_models().values())
PROFILES, COUNTERS = named("profiles"), named("event_counters")
OTHER_GUILD = 1002


def resume(database: Database, name: str) -> list[int]:
    with database.transaction(ALL_GUILDS) as conn:
        return checkpoints.resume(conn, name)


def xp(database: Database, guild: int = GUILD, user: int = 2001) -> int:
    with database.transaction(guild) as conn:
        rows = fetch(conn, "profiles", "profile", guild=guild, user=user)
    return sum(row["xp"] for row in rows)


@contextmanager
def a_bug(monkeypatch: pytest.MonkeyPatch, *message_ids: int) -> Iterator[None]:
    """The fold of profiles fails at these messages."""
    real = PROFILES.handles[MessageCreated]

    def broken(event: MessageCreated, to: Any) -> None:
        if event.message_id in message_ids:
            raise ZeroDivisionError(f"cannot fold {event.message_id}")
        real(event, to)

    with monkeypatch.context() as patch:
        patch.setitem(PROFILES._folds, cast(Any, MessageCreated), broken)
        yield


def test_who_left_voice_is_loaded_no_more_and_not_forgotten_either(database: Database) -> None:
    (presence,) = [table for table in PROFILES.tables if table.name == "voice_presence"]
    crowd = range(2100, 2150)
    write(database, *(voice(VoiceJoined, 1, user=n, channel=3101, seconds=0) for n in crowd))
    write(database, *(voice(VoiceLeft, 2, user=n, channel=3101, seconds=600) for n in crowd))
    write(database, voice(VoiceJoined, 1, user=2001, channel=3101, seconds=900))
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        assert list(rows.load(conn, presence, GUILD, [])) == [(2001,)]
        assert sorted(rows.load(conn, presence, GUILD, [2100, 2001])) == [(2001,), (2100,)]
    # One of them comes back, as told by an event that is late: what was counted is not again.
    write(database, voice(VoiceJoined, 3, user=2100, channel=3101, seconds=300))
    worker.drain(database)
    write(database, voice(VoiceLeft, 2, user=2001, channel=3101, seconds=1000))
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        found = fetch(conn, "profiles", "profile", guild=GUILD, user=2100)
    assert [row["voice_seconds"] for row in found] == [600 + 400]
    assert verify(database.dsn, [PROFILES], processes=1).differences == []


def test_several_workers_fold_each_event_once(database: Database) -> None:
    guilds = range(1, 13)
    for guild in guilds:
        write(database, *history(guild, seed=guild, length=60))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: worker.drain(database), range(4)))
    worker.drain(database)
    for guild in guilds:
        assert set(standing(database, guild).values()) == {(60, False)}
    report = verify(database.dsn, MODELS, processes=1)
    assert report.differences == []
    assert report.events == 60 * len(guilds)


def test_workers_beside_writers_miss_nothing(database: Database) -> None:
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            worker.run_once(database)

    def talk(user: int) -> None:
        for number in range(25):
            write(database, message(user * 1000 + number, user=user, seconds=number * 60))

    with ThreadPoolExecutor(6) as pool:
        workers = [pool.submit(work) for _ in range(2)]
        for told in [pool.submit(talk, user) for user in (11, 12, 13)]:
            told.result()
        done.set()
        for one in workers:
            one.result()
    worker.drain(database)
    assert [xp(database, user=user) for user in (11, 12, 13)] == [25 * 15] * 3
    assert verify(database.dsn, MODELS, processes=1).differences == []


def test_a_held_checkpoint_is_left_alone_and_the_others_go_on(database: Database) -> None:
    write(database, message(1))
    with database.transaction(GUILD) as busy:
        checkpoints.take(busy, GUILD, [PROFILES.name], wait=True)
        busy.commit()  # it is there now; hold it again
    with database.transaction(GUILD) as busy:
        checkpoints.take(busy, GUILD, [PROFILES.name], wait=True)
        assert worker.run_once(database) == 1
        assert worker.run_once(database) == 0
    assert standing(database)["profiles"] == (0, False)
    assert standing(database)["event_counters"] == (1, False)
    assert worker.run_once(database) == 1
    assert standing(database)["profiles"] == (1, False)


def test_a_command_waits_for_the_worker_and_then_sees_everything(database: Database) -> None:
    """Also when the worker has only just made the checkpoint: it was skipped over once."""
    write(database, message(1))
    held, release = threading.Event(), threading.Event()

    def slow_worker() -> None:
        with database.transaction(GUILD) as conn:
            advance(conn, GUILD, [PROFILES])
            held.set()
            release.wait(10)

    def command() -> int:
        held.wait(10)
        with database.transaction(GUILD) as conn:
            catch_up(conn, GUILD, [PROFILES])
            (row,) = fetch(conn, "profiles", "profile", guild=GUILD, user=2001)
            return int(row["messages"])

    with ThreadPoolExecutor(2) as pool:
        working, asked = pool.submit(slow_worker), pool.submit(command)
        held.wait(10)
        write(database, message(2))
        assert not asked.done()
        release.set()
        working.result()
        assert asked.result() == 2


def test_a_failing_fold_stops_that_read_model_of_that_guild_only(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [message(n, seconds=n * 60) for n in range(1, 6)]
    write(database, *told)
    write(database, *(message(n, guild=OTHER_GUILD, seconds=n * 60) for n in (1, 2)))
    with a_bug(monkeypatch, 3):
        worker.drain(database)
    assert standing(database) == {
        m.name: (2, True) if m is PROFILES else (5, False) for m in MODELS
    }
    assert set(standing(database, OTHER_GUILD).values()) == {(2, False)}
    assert xp(database) == 30  # what came before is there, what comes after is not
    (letter,) = letters(database)
    assert (letter.guild_id, letter.name, letter.position, letter.attempts) == (
        GUILD,
        "profiles",
        3,
        1,
    )
    assert letter.error == "ZeroDivisionError: cannot fold 3"
    write(database, message(6, seconds=600))
    assert worker.drain(database) == 1  # the others go on, this one waits
    assert standing(database)["profiles"] == (2, True)


def test_a_retry_goes_on_in_order(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    write(database, *(message(n, seconds=n * 60) for n in range(1, 6)))
    with a_bug(monkeypatch, 2, 4):
        worker.drain(database)
        assert resume(database, "profiles") == [GUILD]
        worker.drain(database)
        (letter,) = letters(database)
        assert (letter.position, letter.attempts) == (2, 2)
    with a_bug(monkeypatch, 4):
        assert resume(database, "profiles") == [GUILD]
        worker.drain(database)
        (letter,) = letters(database)
        assert (letter.position, letter.attempts) == (4, 1)
        assert xp(database) == 45
    assert resume(database, "profiles") == [GUILD]
    assert resume(database, "profiles") == []
    worker.drain(database)
    assert letters(database) == []
    assert standing(database)["profiles"] == (5, False)
    assert verify(database.dsn, MODELS, processes=1).differences == []


def test_only_the_named_guild_is_retried(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, message(1), message(1, guild=OTHER_GUILD))
    with a_bug(monkeypatch, 1):
        worker.drain(database)
    with database.transaction(ALL_GUILDS) as conn:
        assert checkpoints.resume(conn, "profiles", OTHER_GUILD) == [OTHER_GUILD]
    worker.drain(database)
    assert [letter.guild_id for letter in letters(database)] == [GUILD]
    assert (xp(database), xp(database, OTHER_GUILD)) == (0, 15)


def test_a_command_says_that_its_read_model_has_stopped(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, message(1))
    with a_bug(monkeypatch, 1):
        worker.drain(database)
    with (
        database.transaction(GUILD) as conn,
        pytest.raises(ReadModelStopped, match=f"profiles stands at position 0 of guild {GUILD}"),
    ):
        catch_up(conn, GUILD, [PROFILES])
    with database.transaction(GUILD) as conn:
        catch_up(conn, GUILD, [COUNTERS])
    assert standing(database)["event_counters"] == (1, False)


def test_a_fold_that_fails_inside_a_command_stops_the_read_model(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, message(1), message(2, seconds=60))
    with a_bug(monkeypatch, 2), database.transaction(GUILD) as conn:
        with pytest.raises(ReadModelStopped):
            catch_up(conn, GUILD, [PROFILES])
        (row,) = fetch(conn, "profiles", "profile", guild=GUILD, user=2001)
        assert row["xp"] == 15


def test_a_row_that_the_database_refuses_is_parked_like_any_other_failure(
    database: Database,
) -> None:
    write(database, message(1), overdraft(), message(2, seconds=60))
    worker.drain(database)
    (letter,) = letters(database)
    assert (letter.name, letter.position) == ("accounts", 2)
    assert "only_the_mint_owes" in letter.error
    assert standing(database)["accounts"] == (1, True)
    assert standing(database)["profiles"] == (3, False)


def rate(key: str, revision: int, value: int) -> SettingChanged:
    return SettingChanged(
        guild_id=GUILD,
        source_id=f"rule:setting:{key}:{revision}",
        user_id=2009,
        occurred_at=at(0),
        key=key,
        value=value,
        previous=None,
        revision=revision,
        interaction_id=500 + revision,
    )


def test_each_read_model_sees_the_rules_of_its_own_position(database: Database) -> None:
    write(
        database,
        message(1),
        rate("message_xp", 1, 100),
        message(2, seconds=60),
        rate("message_xp", 2, 1000),
        message(3, seconds=120),
    )
    ahead = [m for m in MODELS if m is not PROFILES]
    with database.transaction(GUILD) as conn:
        advance(conn, GUILD, [PROFILES], limit=3)
    with database.transaction(GUILD) as conn:
        advance(conn, GUILD, ahead, limit=1)
    with database.transaction(GUILD) as conn:
        advance(conn, GUILD, MODELS, limit=10)
    assert xp(database) == 15 + 100 + 1000
    assert verify(database.dsn, MODELS, processes=1).differences == []


def test_the_furthest_behind_is_worked_on_first(database: Database) -> None:
    write(database, message(1, guild=1), *(message(n, guild=2) for n in (1, 2, 3)))
    with database.transaction(ALL_GUILDS) as conn:
        names = [m.name for m in MODELS]
        assert checkpoints.lagging(conn, names, 10) == [2, 1]
        assert checkpoints.lagging(conn, names, 1) == [2]
    worker.drain(database)
    with database.transaction(ALL_GUILDS) as conn:
        assert checkpoints.lagging(conn, names, 10) == []


def test_lag_says_how_far_and_how_long(database: Database) -> None:
    write(database, message(1), message(2))
    with database.transaction(GUILD) as conn:
        advance(conn, GUILD, [PROFILES], limit=1)
        lags = {lag.name: lag for lag in checkpoints.lag(conn, ["profiles", "badges"])}
    assert [(lags[n].position, lags[n].head, lags[n].lag) for n in ("profiles", "badges")] == [
        (1, 2, 1),
        (0, 2, 2),
    ]
    assert all(lag.seconds is not None and 0 <= lag.seconds < 60 for lag in lags.values())
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        assert [lag.seconds for lag in checkpoints.lag(conn, ["profiles"])] == [None]


def test_a_worker_ends_when_it_is_told_to(database: Database) -> None:
    write(database, message(1))
    stop, waits = threading.Event(), []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            write(database, message(2, seconds=60))
        else:
            stop.set()

    worker.run(database, wait, stop)
    assert waits == [worker.POLL_SECONDS] * 2
    assert xp(database) == 30
    write(database, message(3, seconds=120))
    assert worker.run_once(database, stop=stop) == 0
    assert xp(database) == 30


def test_a_listener_is_woken_by_an_append_and_not_by_nothing(database: Database) -> None:
    with Listener(database.dsn) as listener:
        assert listener.wait(0.01)  # it has only just begun to listen
        assert not listener.wait(0.01)
        write(database, message(1), message(2))
        assert listener.wait(5)
        assert not listener.wait(0.01)  # one notification for the whole batch
        with connect(database.dsn) as conn:
            conn.execute(
                b"select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                b" where datname = current_database() and query like 'listen%'"
            )
        assert not listener.wait(0.01)
        assert listener.wait(0.01)  # connected again
        write(database, message(3))
        assert listener.wait(5)
