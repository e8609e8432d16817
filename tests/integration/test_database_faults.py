"""Whatever is wrong with the database: commands say so and change nothing, captures wait on disk,
workers wait, and when it is over everything goes on where it stood."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.database import bring_up_to_date, open_for_capture
from bot.handle import Call, handle, was_done
from bot.settings import Settings
from events.decisions.economy import Member, award_coins
from events.economy import PaymentMade
from events.engine.event import Event
from events.messages import MessageCreated
from projections.engine import worker
from sql import checkpoints, embedded, lake
from sql.errors import ConnectionBroke, DatabaseUnreachable, SchemaRefused
from sql.faults import is_fault
from sql.patience import at_most
from sql.pool import ALL_GUILDS, Connection, Database
from tests.integration.test_handle import ALICE, balance, call
from tests.support import postgres
from tests.support.facts import GUILD, message
from tests.support.faults import FAULTS, as_login
from tests.support.simulator import happened, text, world

SECONDS = 0.6
UNREADABLE = {"killed", "hung", "crowded", "read_only"}
"""In which not even a question is answered: whoever asks also brings read models up to date."""

AWAY = UNREADABLE - {"read_only"}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with Database(as_login(database_url)) as opened:
        yield opened


@pytest.mark.parametrize("name", sorted(FAULTS))
async def test_nothing_is_changed_lost_or_stopped(
    postgres_server: embedded.Server, database_url: str, database: Database, name: str
) -> None:
    async with world(database, seconds=SECONDS, settle_timeout=60) as w:
        preview = await w.admin.slash(w.channel, "award", member=w.alice, kind="coins", amount=500)
        await w.admin.click(preview.response, label="Confirm")
        patient = w.bot.services
        w.bot.services = replace(patient, limit=SECONDS, patience=SECONDS / 2)
        with FAULTS[name](postgres_server, database_url):
            paid = await w.alice.slash(w.channel, "pay", member=w.bob, amount=120)
            assert "Nothing was changed" in text(paid)
            shown = await w.alice.slash(w.channel, "balance")
            assert ("Nothing was changed" if name in UNREADABLE else "500") in text(shown)
            await w.alice.send(w.channel, "hello")
            await w.capture.taken()
            assert w.capture.waiting.spooled
            if name in UNREADABLE:
                with pytest.raises(DatabaseUnreachable), at_most(SECONDS):
                    await asyncio.to_thread(worker.run_once, database)
            assert (database.availability.since is not None) == (name in AWAY)
        w.bot.services = patient
        await w.capture.drain()
        said = [m for m in happened(w, MessageCreated) if m.user_id == w.alice.id]
        assert len(said) == 1
        assert happened(w, PaymentMade) == []
        again = await w.alice.slash(w.channel, "pay", member=w.bob, amount=120)
        assert "380 coins left" in text(again)
        assert len(happened(w, PaymentMade)) == 1
        assert database.availability.since is None
    await asyncio.to_thread(worker.drain, database)
    with database.transaction(ALL_GUILDS) as conn:
        assert checkpoints.dead_letters(conn) == []


def give(
    database: Database, asked: Call, meanwhile: Callable[[str], None] = lambda at: None
) -> str:
    """Award some coins; ``meanwhile`` is told when it is decided, and when it is to be committed.
    What the member is told, in a word."""

    def decide(conn: Connection) -> list[Event]:
        meanwhile("decided")
        who = Member(ALICE, is_bot=False, present=True)
        return [award_coins(asked.asked, who, 5, "test", balance=balance(conn, ALICE))]

    def show(conn: Connection, facts: object) -> None:
        meanwhile("shown")

    try:
        handle(database, asked, reads=["accounts"], decide=decide, show=show)
    except ConnectionBroke as error:
        return "unsure" if error.unsure else "nothing"
    except DatabaseUnreachable:
        return "nothing"
    return "done"


@pytest.mark.parametrize(
    ("moment", "told", "done"), [("decided", "nothing", False), ("shown", "unsure", True)]
)
def test_what_hangs_is_never_committed_behind_anybodys_back(
    postgres_server: embedded.Server, database: Database, moment: str, told: str, done: bool
) -> None:
    """The database hangs in the middle of a command: it cannot be committed any more. It hangs at
    the commit: then nobody can know, and the member is told to look."""
    give(database, call(1))

    def freeze(at: str) -> None:
        if at == moment:
            postgres.freeze(postgres_server)

    try:
        with at_most(SECONDS):
            assert give(database, call(2), freeze) == told
    finally:
        postgres.thaw(postgres_server)
    with database.transaction(GUILD) as conn:
        lake.lock(conn, [GUILD])  # after whatever the server may still have been at
    assert was_done(database, call(2)) is done


def test_hundred_commands_at_a_hanging_database_are_answered_while_it_hangs(
    postgres_server: embedded.Server, database: Database
) -> None:
    def limited(number: int) -> str:
        with at_most(SECONDS):
            return give(database, call(number))

    give(database, call(1))
    with FAULTS["hung"](postgres_server, database.dsn), ThreadPoolExecutor(100) as threads:
        told = list(threads.map(limited, range(2, 102)))
    assert told == ["nothing"] * 100
    with database.transaction(GUILD) as conn:
        assert len(lake.read(conn, GUILD, 0, 1000)) == 2  # the first award, and its interaction


def test_after_a_failover_the_first_command_finds_a_connection(
    postgres_server: embedded.Server, database_url: str, database: Database
) -> None:
    """All connections of the pool were cut while nobody used them."""
    barrier = threading.Barrier(8)

    def use_one() -> None:
        with database.transaction(GUILD):
            barrier.wait(60)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: use_one(), range(8)))
    postgres.cut(postgres_server, database_url)
    with at_most(60):
        assert give(database, call(1)) == "done"


# What it says, and what that means.


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("53100", "full"),
        ("53200", "full"),
        ("53300", "away"),
        ("25006", "read_only"),
        ("55P03", "locked"),
        ("57014", "slow"),
        ("57P01", "broke"),
        ("57P03", "away"),
        ("58030", "failing"),
        ("40P01", "broke"),
        ("08006", "broke"),
        ("54000", None),
        ("22003", None),
        ("23505", None),
        ("42501", None),
        ("XX000", None),
    ],
)
def test_what_it_says_is_its_own_trouble_or_ours(
    database: Database, state: str, reason: str | None
) -> None:
    with pytest.raises(Exception) as raised, database.transaction(GUILD) as conn:
        conn.execute(f"do $$ begin raise exception 'x' using errcode = '{state}'; end $$".encode())
    assert getattr(raised.value, "reason", None) == reason
    assert is_fault(raised.value) == (reason is not None)
    assert getattr(raised.value, "unsure", False) is False


@pytest.mark.parametrize(("state", "stops"), [("53100", False), ("57014", False), ("54000", True)])
def test_a_read_model_stops_for_what_is_wrong_with_an_event_and_not_for_a_full_disk(
    database_url: str, database: Database, state: str, stops: bool
) -> None:
    with database.transaction(GUILD) as conn:
        lake.append(conn, [message(1)])
    with psycopg.connect(database_url, autocommit=True) as conn:
        says = f"raise exception 'x' using errcode = '{state}'"
        conn.execute(
            f"create function trouble() returns trigger language plpgsql as"
            f" $$ begin {says}; return new; end $$".encode()
        )
        conn.execute(
            "create trigger trouble before insert on profiles"
            " for each row execute function trouble()"
        )
        if stops:
            worker.drain(database)
        else:
            with pytest.raises(DatabaseUnreachable):
                worker.drain(database)
        with database.transaction(ALL_GUILDS) as held:
            assert [one.name for one in checkpoints.dead_letters(held)] == ["profiles"] * stops
        conn.execute("drop function trouble() cascade")
    if not stops:
        assert worker.drain(database) == 1


# A bot that is started while the database is away.


def test_a_database_that_is_known_is_opened_while_it_is_away(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = [True]
    up_to_date = bring_up_to_date

    def unsteady(dsn: str) -> None:
        if away[0]:
            raise DatabaseUnreachable("away")
        up_to_date(dsn)

    monkeypatch.setattr("bot.database.bring_up_to_date", unsteady)
    settings = Settings(data_dir=tmp_path, database_url=SecretStr(empty_database_url))
    with pytest.raises(DatabaseUnreachable), open_for_capture(settings):
        pass  # never seen before: it may be a wrong address
    away[0] = False
    with open_for_capture(settings) as opened, opened.transaction(ALL_GUILDS) as conn:
        assert lake.heads(conn) == {}
    away[0] = True
    with open_for_capture(settings) as opened:
        with pytest.raises(DatabaseUnreachable):
            opened.be_there()
        away[0] = False
        with pytest.raises(DatabaseUnreachable), at_most(60):
            opened.be_there()  # who is in a hurry does not wait for a migration
        opened.be_there()
        with at_most(60):
            opened.be_there()
    other = Settings(data_dir=tmp_path, database_url=SecretStr(empty_database_url + "&user=other"))
    away[0] = True
    with pytest.raises(DatabaseUnreachable), open_for_capture(other):
        pass
    assert all(b"postgres" not in path.read_bytes() for path in (tmp_path / "spool").iterdir())


def test_a_schema_that_does_not_fit_is_as_bad_as_no_database(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=SecretStr(database_url))
    with open_for_capture(settings):
        pass

    def says(error: Exception) -> Callable[[str], None]:
        def raising(dsn: str) -> None:
            raise error

        return raising

    monkeypatch.setattr("bot.database.bring_up_to_date", says(DatabaseUnreachable("away")))
    with open_for_capture(settings) as opened:
        monkeypatch.setattr("bot.database.bring_up_to_date", says(SchemaRefused("too new")))
        with pytest.raises(DatabaseUnreachable, match="too new"), capture_logs() as logs:
            opened.be_there()
    assert [line["event"] for line in logs] == ["schema_refused"]
