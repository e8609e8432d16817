"""Which guilds' rows a statement would touch: asked of PostgreSQL's own planner.

Every table that is distributed is made anew here, divided by the hash of ``guild_id`` as Citus
does it. The plan of a statement then names the parts that it would touch: that of the guild it is
about and no other, or Citus cannot send it to one place.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import psycopg
from psycopg import sql

from sql.statements import ROOT
from tests.support.statements import Statement, all_statements

CITUS: Final = ROOT / "citus.sql"
PARTS: Final = 4
GUILDS: Final = (1001, 1002, 1003)
_EVERY_GUILD: Final = re.compile(r"^-- every guild: \w.*\.$", re.MULTILINE)
_OF_THE_DATABASE: Final = ("queries/embedded.sql", "queries/migrations.sql", "queries/backup.sql")
"""Files whose statements are about the database itself; an operator runs them."""
_PART: Final = re.compile(r"_part_(\d+)$")
_SAMPLES: Final = {
    "bigint": "1",
    "boolean": "true",
    "bytea": "",
    "date": "2026-06-01",
    "double precision": "1",
    "integer": "1",
    "interval": "1 hour",
    "jsonb": "{}",
    "name": "postgres",
    "numeric": "1",
    "regclass": "streams",
    "smallint": "1",
    "text": "x",
    "timestamp with time zone": "2026-06-01T10:00Z",
}
"""A value of each type of parameter."""

Connection = psycopg.Connection[Any]
Plan = dict[str, Any]


def distributed() -> list[str]:
    """The tables that are spread over servers."""
    return re.findall(r"^select place_table\('(\w+)'\);", CITUS.read_text(), re.MULTILINE)


def local() -> dict[str, str]:
    """The tables that stay where they are, each with the reason."""
    return dict(re.findall(r"^-- local: (\w+): (\w.*)$", CITUS.read_text(), re.MULTILINE))


def about_guilds() -> Iterator[tuple[Statement, bool]]:
    """Every statement about rows of guilds, and whether it says that it is about every guild."""
    for statement in all_statements():
        if not statement.name.startswith(_OF_THE_DATABASE):
            yield statement, _EVERY_GUILD.search(statement.block) is not None


def divide(conn: Connection) -> None:
    """Put divided tables in the place of those that are distributed. A key without the guild is
    refused here."""
    for name in distributed():
        table, old = sql.Identifier(name), sql.Identifier(f"{name}_old")
        conn.execute(sql.SQL("alter table {} rename to {}").format(table, old))
        conn.execute(
            sql.SQL("create table {} (like {} including all) partition by hash (guild_id)").format(
                table, old
            )
        )
        for part in range(PARTS):
            conn.execute(
                sql.SQL(
                    "create table {} partition of {} for values with (modulus {}, remainder {})"
                ).format(
                    sql.Identifier(f"{name}_part_{part}"),
                    table,
                    sql.Literal(PARTS),
                    sql.Literal(part),
                )
            )
    conn.execute("set plan_cache_mode = force_custom_plan")


def touched(conn: Connection, statement: Statement, guild_id: int | None) -> set[int]:
    """The parts that a statement about one guild would touch; about ``None``: about no one."""
    return {
        int(match[1])
        for node in _nodes(_plan(conn, statement, guild_id))
        for name in (node.get("Relation Name"), *_targets(node))
        if name is not None and (match := _PART.search(name))
    }


def _plan(conn: Connection, statement: Statement, guild_id: int | None) -> Plan:
    conn.execute(b"prepare routed as " + statement.numbered)
    try:
        rows = conn.execute(
            "select parameter_types::text[] from pg_prepared_statements where name = 'routed'"
        ).fetchall()
        values = [
            _value(name, kind, guild_id)
            for name, kind in zip(statement.parameters, rows[0][0], strict=True)
        ]
        given = sql.SQL(" ({})").format(sql.SQL(", ").join(values)) if values else sql.SQL("")
        text = sql.SQL("explain (format json) execute routed{}").format(given)
        found: Plan = conn.execute(text).fetchall()[0][0][0]["Plan"]
        return found
    finally:
        conn.execute("deallocate routed")


def _value(name: str, kind: str, guild_id: int | None) -> sql.Composable:
    base = kind.removesuffix("[]")
    value: Any = guild_id if "guild" in name else _SAMPLES[base]
    one = sql.SQL("{}::{}").format(sql.Literal(value), sql.SQL(base))
    return sql.SQL("array[{}]").format(one) if kind.endswith("[]") else one


def _nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _targets(node: Plan) -> list[str]:
    return [target["Relation Name"] for target in node.get("Target Tables", ())]
