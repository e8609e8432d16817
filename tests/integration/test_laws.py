"""The laws: they hold for every event type and every read model that exists, unasked."""

import itertools
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import orjson
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.engine import canonical
from events.engine.catalogue import StoredEvent, decode, event_types
from events.engine.event import Event
from projections.engine import worker
from projections.engine.advance import advance
from projections.engine.folding import fold_events
from projections.engine.read_model import Nothing, WorkingSet, read_models
from projections.engine.rebuild import verify
from projections.engine.rules import Rules
from sql import chain, lake
from sql.migrate import connect
from sql.pool import ALL_GUILDS, Database
from tests.simulation.audit import folded_rows, in_memory, live_rows
from tests.support import routes
from tests.support.histories import history, of_every_type
from tests.support.statements import Statement, all_statements

SAMPLES = Path(__file__).parents[1] / "samples" / "events"
MODELS = list(read_models().values())
TABLES = [(model, table) for model in MODELS for table in model.tables]
_guilds = itertools.count(1)


def append(database: Database, events: list[Event]) -> list[lake.Result]:
    with database.transaction(*{e.guild_id for e in events}) as conn:
        return lake.append(conn, events)


def stored(database: Database, guild: int) -> list[StoredEvent]:
    with database.transaction(guild) as conn:
        return lake.read(conn, guild, 0, 100_000)


@pytest.fixture(scope="module")
def shared(postgres_server: Any) -> Any:
    """One database for many guilds: each example has a guild of its own."""
    from tests.support import postgres

    with postgres.fresh(postgres_server) as url, Database(url) as database:
        yield database


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**6), cuts=st.lists(st.integers(1, 60), min_size=1, max_size=6))
def test_any_cut_into_batches_is_the_plain_fold(
    shared: Database, seed: int, cuts: list[int]
) -> None:
    guild = next(_guilds)
    append(shared, history(guild, seed, 150))
    for size in itertools.cycle(cuts):
        with shared.transaction(guild) as conn:
            if not advance(conn, guild, MODELS, limit=size):
                break
    assert live_rows(shared, guild) == folded_rows(stored(shared, guild))


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**6), order=st.randoms(use_true_random=False))
def test_delivering_any_event_again_changes_nothing(
    shared: Database, seed: int, order: Random
) -> None:
    guild = next(_guilds)
    told = history(guild, seed, 120)
    append(shared, told)
    worker.drain(shared)
    before = live_rows(shared, guild), len(stored(shared, guild))
    again = order.sample(told, len(told))
    results = [result for event in again for result in append(shared, [event])]
    assert all(isinstance(result, lake.Duplicate) for result in results)
    worker.drain(shared)
    assert (live_rows(shared, guild), len(stored(shared, guild))) == before


def test_live_tables_are_what_a_rebuild_makes(database: Database) -> None:
    length = 5 * len(event_types())  # so that each type comes up, however many there are
    for guild in (1, 2, 3):
        told = history(guild, guild, length)
        for start in range(0, length, 37):
            append(database, told[start : start + 37])
            worker.drain(database)
    report = verify(database.dsn, MODELS, processes=1)
    assert report.differences == []
    assert report.events == 3 * length
    assert all(report.rows[table.name] for _, table in TABLES), report.rows
    with database.transaction(ALL_GUILDS) as conn:
        for guild in (1, 2, 3):
            assert not list(chain.faults(conn, guild))


def test_every_column_is_moved_by_some_history() -> None:
    told = history(1, 11, 5000)
    page = as_stored(told)
    seen = {table.name: [set[str]() for _ in table.columns] for _, table in TABLES}
    for model in MODELS:
        to = WorkingSet(1, Rules(), Nothing())
        for at in range(0, len(page), 5):  # rows are looked at while they change
            fold_events(model, range(at + 1, at + 6), told[at : at + 5], to)
            for table in model.tables:
                for row in to.rows(table):
                    for values, value in zip(seen[table.name], table.values(row), strict=True):
                        values.add(repr(value))
            to.written(table for table in model.tables if table.kind != "tally")
    dead = [
        f"{table.name}.{column}"
        for _, table in TABLES
        for column, values in zip(table.columns, seen[table.name], strict=True)
        if column not in table.key and len(values) < 2 and table.added != (column,)
    ]
    assert dead == []


def test_money_is_conserved_at_each_position() -> None:
    page = as_stored(history(1, 5, 1200))
    model = read_models()["accounts"]
    entries = next(table for table in model.tables if table.name == "ledger_entries")
    sums: Counter[tuple[int, str]] = Counter()
    lines = in_memory(model, page).rows(entries)
    for line in lines:
        sums[line.position, line.currency] += line.amount
        assert line.balance >= 0 or line.account == "mint"
    assert len(sums) > 50
    assert set(sums.values()) == {0}


def as_stored(told: list[Event]) -> list[StoredEvent]:
    return [canonical.stored(event, position) for position, event in enumerate(told, start=1)]


def test_every_event_survives_store_and_load(database: Database) -> None:
    told = list(of_every_type(1))
    append(database, told)
    assert {event.event_type for event in told} == set(event_types())
    loaded = [decode(row) for row in stored(database, 1)]
    assert loaded == told
    assert [type(event) for event in loaded] == [type(event) for event in told]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_stored_sample_still_loads(path: Path) -> None:
    name, _, version = path.stem.partition(".v")
    sample = orjson.loads(path.read_bytes())
    envelope = sample["envelope"]
    event = decode(
        StoredEvent(
            position=1,
            event_type=name,
            schema_version=int(version),
            payload=orjson.dumps(sample["payload"]),
            **envelope | {"occurred_at": canonical_time(envelope["occurred_at"])},
        )
    )
    fields = {name: getattr(event, name) for name in type(event).model_fields}
    assert type(event).model_validate(fields, from_attributes=True) == event


def canonical_time(text: str) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(text)


def test_every_version_of_every_event_type_has_a_stored_sample() -> None:
    """Write one with: python -m tests.support.samples"""
    wanted = {
        f"{name}.v{version}"
        for name, cls in event_types().items()
        for version in range(1, cls.schema_version + 1)
    }
    assert {path.stem for path in SAMPLES.glob("*.json")} >= wanted


def test_every_query_prepares(database: Database) -> None:
    statements = list(all_statements())
    assert len(statements) > 60
    with connect(database.dsn) as conn:
        for one in statements:
            try:
                conn.execute(b"prepare checked as " + one.numbered)
                conn.execute(b"deallocate checked")
            except Exception as error:
                raise AssertionError(f"{one.name}: {error}") from error


def test_every_table_is_under_forced_row_level_security(database: Database) -> None:
    with connect(database.dsn) as conn:
        tables = conn.execute(
            b"""select c.relname, relrowsecurity and relforcerowsecurity,
                       exists (select from pg_policy where polrelid = c.oid)
                from pg_class c join pg_namespace n on n.oid = relnamespace
                where n.nspname in ('public', 'rebuild') and relkind in ('r', 'p')"""
        ).fetchall()
    assert len(tables) > 15
    assert [name for name, forced, policy in tables if not (forced and policy)] == []


@pytest.fixture(scope="module")
def divided(postgres_server: Any) -> Any:
    """A connection to the schema as it is on several servers: see ``tests/support/routes.py``."""
    from tests.support import postgres

    with (
        postgres.fresh(postgres_server) as url,
        psycopg.connect(url, autocommit=True) as conn,
    ):
        routes.divide(conn)
        yield conn


def test_every_table_is_distributed_by_guild_or_says_why_not(database: Database) -> None:
    """One more line in sql/citus.sql for a new table."""
    with connect(database.dsn) as conn:
        first: dict[str, str] = dict(
            conn.execute(
                b"""select c.relname, a.attname::text
                    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum = 1
                    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"""
            ).fetchall()
        )
    placed = [*routes.distributed(), *routes.local()]
    assert sorted(placed) == sorted(first)
    assert [name for name in routes.distributed() if first[name] != "guild_id"] == []


def test_every_statement_about_a_guild_is_sent_to_its_part_alone(divided: Any) -> None:
    """Say ``guild_id = ...`` of each table; or why not: ``-- every guild: an operator looks.``"""
    one = Statement("one", "", b"select from streams where guild_id = %(guild)s")
    astray, seen = set(), 0
    for guild_id in (*routes.GUILDS, None):
        own = routes.touched(divided, one, guild_id)
        for statement, everywhere in routes.about_guilds():
            if everywhere or (guild_id is None and "guild" not in statement.parameters):
                continue
            parts = routes.touched(divided, statement, guild_id)
            astray |= set() if parts <= own else {statement.name}
            seen += bool(parts)
    assert astray == set()
    assert seen > 500


def test_no_statement_says_that_it_is_about_every_guild_and_is_not(divided: Any) -> None:
    marked = [statement for statement, everywhere in routes.about_guilds() if everywhere]
    assert len(marked) > 10
    for statement in marked:
        assert len(routes.touched(divided, statement, None)) == routes.PARTS, statement.name
