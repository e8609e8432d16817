"""The tables of read models: made empty, made aside for a rebuild, swapped in.

``read_models/<name>.sql`` has two blocks that make tables, ``tables`` (bare) and ``keys`` (primary
keys, constraints and indexes), and the named reads. A rebuild fills bare tables in the schema
``rebuild``, then adds keys and row-level security, then swaps them in.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from psycopg import sql

from sql.pool import ALL_GUILDS, Connection, set_tenant
from sql.rows import Table
from sql.statements import ROOT, blocks, query, template

_FILE = "queries/read_models.sql"
REBUILD: Final = "rebuild"


@dataclass(frozen=True, slots=True)
class Build:
    """What a read model's tables are built by: its version and its table file's checksum."""

    name: str
    version: int
    checksum: str


def file_of(name: str) -> str:
    """The ``.sql`` file of a read model, relative to this package."""
    return f"read_models/{name}.sql"


def checksum(name: str) -> str:
    """sha256 of the statements that make the tables, in hex; reads may change freely."""
    found = blocks(file_of(name))
    return sha256((found["tables"] + found["keys"]).encode()).hexdigest()


def built(conn: Connection) -> dict[str, Build]:
    """What the tables in this database were built by, by name."""
    return {row[0]: Build(*row) for row in conn.execute(query(_FILE, "built")).fetchall()}


@contextmanager
def as_owner(conn: Connection) -> Iterator[None]:
    """A transaction in which the schema's owner acts, for all guilds."""
    with conn.transaction():
        conn.execute(query(_FILE, "act_as_owner"))
        set_tenant(conn, ALL_GUILDS)
        yield


def install(conn: Connection, name: str, version: int, tables: Sequence[Table[Any]]) -> bool:
    """Make a read model's empty tables where there are none; whether that was needed."""
    with as_owner(conn):
        conn.execute(query(_FILE, "take_turn"), {"name": name})
        if name in built(conn):
            return False
        _run(conn, name, "tables", "public")
        _run(conn, name, "keys", "public")
        _finish(conn, tables, "public")
        conn.execute(
            query(_FILE, "record"),
            {"name": name, "version": version, "checksum": checksum(name)},
        )
    return True


def make_aside(conn: Connection, name: str, tables: Sequence[Table[Any]]) -> None:
    """Bare tables in the schema ``rebuild``; what an interrupted rebuild left there goes first."""
    with as_owner(conn):
        drop_aside(conn, tables)
        _run(conn, name, "tables", REBUILD)


def finish_aside(conn: Connection, name: str, tables: Sequence[Table[Any]]) -> None:
    """Keys, indexes and row-level security for the tables made aside."""
    with as_owner(conn):
        _run(conn, name, "keys", REBUILD)
        _finish(conn, tables, REBUILD)


def drop_aside(conn: Connection, tables: Sequence[Table[Any]]) -> None:
    """Remove the tables made aside. Needs :func:`as_owner`."""
    for table in tables:
        conn.execute(
            template(_FILE, "drop_table").format(table=sql.Identifier(REBUILD, table.name))
        )


def swap(conn: Connection, name: str, version: int, tables: Sequence[Table[Any]]) -> None:
    """Put the tables made aside in the place of the live ones. Needs :func:`as_owner`; the live
    ones go and the new ones come when its transaction commits."""
    for table in tables:
        live, aside = sql.Identifier("public", table.name), sql.Identifier(REBUILD, table.name)
        conn.execute(template(_FILE, "drop_table").format(table=live))
        conn.execute(template(_FILE, "move_table").format(table=aside))
    conn.execute(
        query(_FILE, "record"), {"name": name, "version": version, "checksum": checksum(name)}
    )


@contextmanager
def turn(conn: Connection, name: str) -> Iterator[bool]:
    """Whether this process may rebuild ``name`` now; held until the end of the block."""
    row = conn.execute(query(_FILE, "try_turn"), {"name": name}).fetchone()
    mine = bool(row and row[0])
    try:
        yield mine
    finally:
        if mine:
            conn.execute(query(_FILE, "end_turn"), {"name": name})


def names() -> list[str]:
    """Every read model that has a table file."""
    return sorted(path.stem for path in (ROOT / "read_models").glob("*.sql"))


def _finish(conn: Connection, tables: Sequence[Table[Any]], schema: str) -> None:
    for table in tables:
        conn.execute(query(_FILE, "protect"), {"table": f"{schema}.{table.name}"})
        conn.execute(query(_FILE, "place"), {"table": f"{schema}.{table.name}"})


def _run(conn: Connection, name: str, block: str, schema: str) -> None:
    conn.execute(query(_FILE, "build_in"), {"schema": schema})
    conn.execute(sql.SQL(query(file_of(name), block).decode()))
