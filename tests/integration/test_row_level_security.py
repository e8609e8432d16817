"""No table or view shows or takes another guild's rows: asked of the catalogue, for all."""

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from projections.engine import worker
from projections.engine.build import build_aside
from projections.engine.read_model import read_models
from sql import breakers, checkpoints, effects, lake, notices, quarantine
from sql.breakers import Breaker
from sql.migrate import connect
from sql.pool import ALL_GUILDS, APP_ROLE, OWNER_ROLE, Connection, Database, set_tenant
from tests.support.facts import START
from tests.support.histories import of_every_type

MINE, OTHER = 71, 72
SHARED = {"schema_migrations", "read_models"}
"""Tables of no guild: everybody reads them, nobody but the owner writes."""

Name = tuple[str, str]


@pytest.fixture
def filled(database: Database) -> Database:
    """Two guilds with rows in every table, live and aside."""
    heads = {}
    for guild in (MINE, OTHER):
        told = list(of_every_type(guild))
        heads[guild] = len(told)
        with database.transaction(guild) as conn:
            lake.append(conn, told)
            quarantine.keep(conn, guild, "MESSAGE_CREATE", [], {}, START)
            effects.failed(conn, guild, "roles", "21", "refused", START, START)
            breakers.keep(conn, guild, Breaker("roles", "", 1, "refused", START, START), START)
            notices.take(conn, guild, 1, kind="award", user=21, channel=31, words="", now=START)
    worker.drain(database)
    with database.transaction(ALL_GUILDS) as conn:
        for guild in (MINE, OTHER):
            checkpoints.stop(conn, guild, "badges", 1, "stopped")
            conn.execute(
                b"insert into command_sync (guild_id, application_id, digest) values (%s, 1, '')",
                [guild],
            )
            conn.execute(b"insert into sight values (%s, 'one', 0, 1, now(), false)", [guild])
            conn.execute(b"insert into unseen (guild_id, since) values (%s, now())", [guild])
            conn.execute(b"insert into shard_counts values (%s, 1, 1)", [guild])
            conn.execute(b"insert into identify_turns values (%s, 1, 0, now())", [guild])
    build_aside(database.dsn, list(read_models().values()), heads, processes=1)
    return database


def relations(conn: Connection) -> list[Name]:
    rows = conn.execute(
        b"""select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = relnamespace
            where n.nspname in ('public', 'rebuild') and relkind in ('r', 'p', 'v', 'm')
            order by 1, 2"""
    ).fetchall()
    return [(schema, name) for schema, name in rows if name not in SHARED]


def guilds_in(conn: Connection, name: Name) -> set[int]:
    statement = sql.SQL("select distinct guild_id from {}").format(sql.Identifier(*name))
    return {guild for (guild,) in conn.execute(statement).fetchall()}


def touched(conn: Connection, statement: str, name: Name) -> int:
    """How many rows a statement changes; 0 when it is refused."""
    text = sql.SQL(statement).format(sql.Identifier(*name))
    try:
        with conn.transaction():
            return conn.execute(text).rowcount
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation):
        return 0


@pytest.mark.parametrize("role", [APP_ROLE, OWNER_ROLE])
def test_a_guild_sees_and_changes_its_own_rows_only(filled: Database, role: str) -> None:
    with Database(filled.dsn, role=role) as database, database.transaction(MINE) as conn:
        names = relations(conn)
        assert len(names) > 25
        for name in names:
            assert guilds_in(conn, name) == {MINE}, name
            others = f"update {{}} set guild_id = guild_id where guild_id = {OTHER}"
            assert touched(conn, others, name) == 0, name
            assert touched(conn, f"delete from {{}} where guild_id = {OTHER}", name) == 0, name
            stolen = f"update {{}} set guild_id = {OTHER} where guild_id = {MINE}"
            assert touched(conn, stolen, name) == 0, name
            smuggled = f"insert into {{0}} select * from {{0}} where guild_id = {OTHER}"
            assert touched(conn, smuggled, name) == 0, name


@pytest.mark.parametrize("role", [APP_ROLE, OWNER_ROLE])
def test_without_a_tenant_there_is_nothing(filled: Database, role: str) -> None:
    with Database(filled.dsn, role=role) as database, database.transaction() as conn:
        for name in relations(conn):
            assert guilds_in(conn, name) == set(), name


@pytest.mark.parametrize("tenant", [(MINE,), ()], ids=["another guild", "no guild"])
def test_a_row_cannot_be_written_for_another_guild(
    filled: Database, tenant: tuple[int, ...]
) -> None:
    """A copy of one of our rows, made out to a guild that is not ours: refused by the policy."""
    new = 99
    with connect(filled.dsn) as conn:
        names = relations(conn)
        copies = {name: copy_of_a_row(conn, name, new) for name in names}
    with filled.transaction(*tenant) as conn:
        for name in names:
            statement = sql.SQL(
                "insert into {0} select * from jsonb_populate_record(null::{0}, %s)"
            )
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"),
                conn.transaction(),
            ):
                conn.execute(statement.format(sql.Identifier(*name)), [copies[name]])


def copy_of_a_row(conn: Connection, name: Name, guild: int) -> Jsonb:
    statement = sql.SQL("select to_jsonb(t) from {} t where guild_id = {} limit 1")
    row = conn.execute(statement.format(sql.Identifier(*name), sql.Literal(MINE))).fetchone()
    assert row is not None, name
    return Jsonb(row[0] | {"guild_id": guild})


def test_a_tenant_does_not_outlive_its_transaction(filled: Database) -> None:
    with Database(filled.dsn, max_size=1) as database:
        with database.transaction(MINE) as conn:
            assert guilds_in(conn, ("public", "streams")) == {MINE}
        with database.transaction() as conn:
            assert guilds_in(conn, ("public", "streams")) == set()
            set_tenant(conn, MINE, OTHER)
            assert guilds_in(conn, ("public", "streams")) == {MINE, OTHER}


def test_the_app_cannot_lift_the_rule_or_empty_the_log(filled: Database) -> None:
    forbidden = [
        b"alter table streams disable row level security",
        b"drop policy tenant on event_lake",
        b"truncate event_lake",
        b"delete from event_lake",
        b"update event_lake set user_id = 1",
        b"insert into schema_migrations values (99, '', now(), '', 1)",
        b"update read_models set version = 9",
    ]
    with filled.transaction(ALL_GUILDS) as conn:
        for statement in forbidden:
            try:
                with conn.transaction():
                    changed = conn.execute(statement).rowcount
            except psycopg.errors.InsufficientPrivilege:
                continue
            assert changed == 0, statement


def test_every_role_of_ours_is_bound(database: Database) -> None:
    with connect(database.dsn) as conn:
        rows = conn.execute(
            b"select rolname, rolsuper, rolbypassrls, rolcanlogin from pg_roles "
            b"where rolname like 'tallystick%'"
        ).fetchall()
    assert sorted(rows) == [(APP_ROLE, False, False, False), (OWNER_ROLE, False, False, False)]
