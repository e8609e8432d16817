"""Read-model rows in and out: three kinds of table, whole batches, binary arrays.

A :class:`Table` is declared once, beside the fold that owns it, from a slotted dataclass whose
fields are the table's columns. ``guild_id`` is no field: a batch is always about one guild.
"""

import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property, lru_cache
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, Generic, Literal, TypeVar

import orjson
from psycopg import sql
from psycopg.types.json import set_json_dumps

from sql.arrays import Array, array, repeated
from sql.pool import Connection, in_flight
from sql.statements import template

_FILE = "queries/rows.sql"
_TYPES = {
    int: "bigint",
    str: "text",
    bool: "boolean",
    datetime: "timestamptz",
    date: "date",
    dict: "jsonb",
    list: "jsonb",
}

Kind = Literal["state", "tally", "journal"]
PIECE = 2000
"""Rows in one statement in flight: without jsonb no parameter becomes large."""

R = TypeVar("R")
Rows = dict[tuple[Any, ...], R]
"""Rows of a guild by their keys, in which the guild is left out."""


@dataclass(frozen=True, eq=False)
class Table(Generic[R]):
    """One table of a read model.

    * ``state``: loaded, folded, upserted. ``member`` names the column that holds the member's id
      when only the members of a batch are loaded; without it the whole guild is. ``also`` names a
      column beside it: rows in which it is not null are loaded too, whosever they are (give it a
      partial index, or the whole guild is read to find them).
    * ``tally``: every field outside the key is added to, never loaded.
    * ``journal``: inserted once, keyed by the position that caused the line.
    """

    name: str
    row: type[R]
    kind: Kind
    key: tuple[str, ...]
    member: str | None = None
    also: str | None = None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns beside ``guild_id``, in the order of the row's fields."""
        return tuple(f.name for f in fields(typing.cast(Any, self.row)))

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The PostgreSQL type of each column."""
        hints = typing.get_type_hints(self.row)
        return tuple(_TYPES[_plain(hints[name])] for name in self.columns)

    @cached_property
    def values(self) -> Callable[[R], tuple[Any, ...]]:
        """A row as a tuple in column order."""
        get = attrgetter(*self.columns)
        if len(self.columns) == 1:
            return lambda row: (get(row),)
        return get

    @cached_property
    def key_of(self) -> Callable[[R], tuple[Any, ...]]:
        """The key of a row, guild left out."""
        get = attrgetter(*self.key)
        if len(self.key) == 1:
            return lambda row: (get(row),)
        return get

    @cached_property
    def of_tally(self) -> Callable[[Sequence[Any], Sequence[int]], R]:
        """The row of a tally's key and counts."""
        named = (*self.key, *self.added)
        order = [named.index(column) for column in self.columns]
        if order == sorted(order):
            return lambda key, counts: self.row(*key, *counts)
        in_order = itemgetter(*order)
        return lambda key, counts: self.row(*in_order((*key, *counts)))

    @cached_property
    def added(self) -> tuple[str, ...]:
        """The columns outside the key."""
        return tuple(c for c in self.columns if c not in self.key)


def _plain(hint: Any) -> Any:
    """``int | None`` and ``dict[str, int]`` without the None and the arguments."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        hint = next(arg for arg in typing.get_args(hint) if arg is not types.NoneType)
    return typing.get_origin(hint) or hint


def _names(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


@lru_cache(maxsize=512)
def _statement(table: Table[Any], name: str, schema: str) -> sql.Composed:
    set_to = sql.SQL("{0} = excluded.{0}")
    add_to = sql.SQL("{0} = {1}.{0} + excluded.{0}")
    here = sql.Identifier(table.name)
    return template(_FILE, name).format(
        table=sql.Identifier(schema, table.name),
        columns=_names(table.columns),
        member=sql.Identifier(table.member or ""),
        also=sql.Identifier(table.also or ""),
        key=_names(("guild_id", *table.key)),
        arrays=sql.SQL(", ").join(
            sql.SQL("{}::{}[]").format(sql.Placeholder(c, format="b"), sql.SQL(typing.cast(Any, t)))
            for c, t in zip(table.columns, table.types, strict=True)
        ),
        replaced=sql.SQL(", ").join(set_to.format(sql.Identifier(c)) for c in table.added),
        added=sql.SQL(", ").join(add_to.format(sql.Identifier(c), here) for c in table.added),
    )


def loading(table: Table[Any]) -> str:
    """The name of the statement that loads a state table."""
    if table.member is None:
        return "load_guild"
    return "load_members" if table.also is None else "load_members_also"


def load(
    conn: Connection, table: Table[R], guild_id: int, members: Sequence[int], schema: str = "public"
) -> Rows[R]:
    """The state rows of ``members`` (with what the table wants beside them), or of the whole
    guild, by key."""
    parameters: dict[str, Any] = {"guild": guild_id}
    if table.member:
        parameters["members"] = array("bigint", members)
    with conn.cursor(binary=True) as cursor:
        cursor.execute(_statement(table, loading(table), schema), parameters)
        rows = [table.row(*values) for values in cursor]
    return {table.key_of(row): row for row in rows}


def load_of_members(
    conn: Connection,
    table: Table[R],
    members: Mapping[int, Sequence[int]],
    schema: str = "public",
) -> dict[int, Rows[R]]:
    """The state rows of these members of these guilds, by guild and key: for a table that is
    loaded by member and wants nothing beside them."""
    pairs = [(guild_id, member) for guild_id, some in members.items() for member in some]
    parameters = {
        "guilds": array("bigint", [guild_id for guild_id, _ in pairs]),
        "members": array("bigint", [member for _, member in pairs]),
    }
    found: dict[int, Rows[R]] = {guild_id: {} for guild_id in members}
    with conn.cursor(binary=True) as cursor:
        cursor.execute(_statement(table, "load_members_of", schema), parameters)
        for guild_id, *values in cursor:
            row = table.row(*values)
            found[guild_id][table.key_of(row)] = row
    return found


def write(
    conn: Connection, table: Table[R], guild_id: int, rows: Sequence[R], schema: str = "public"
) -> None:
    """Put ``rows`` of a guild into the table in the way of its kind; keys must differ. Many are
    sent piece by piece in flight, so that the next is packed while the last is written."""
    if len(rows) <= PIECE or "jsonb" in table.types:
        write_all(conn, table, {guild_id: rows}, schema)
        return
    with in_flight(conn):
        for piece in _pieces(table, rows):
            write_all(conn, table, {guild_id: piece}, schema)


def _pieces(table: Table[R], rows: Sequence[R]) -> Iterator[Sequence[R]]:
    """``rows`` cut into pieces; the lines of a journal that one event caused stay together, for
    what the database checks of them."""
    start = 0
    while start < len(rows):
        end = min(start + PIECE, len(rows))
        if table.kind == "journal":
            cause = table.key_of(rows[end - 1])[0]
            while end < len(rows) and table.key_of(rows[end])[0] == cause:
                end += 1
        yield rows[start:end]
        start = end


def write_all(
    conn: Connection, table: Table[R], rows: Mapping[int, Sequence[R]], schema: str = "public"
) -> None:
    """The same for the rows of several guilds at once."""
    counts = {guild_id: len(some) for guild_id, some in rows.items() if some}
    if not counts:
        return
    name = {"state": "upsert", "tally": "tally", "journal": "journal"}[table.kind]
    if table.kind == "state" and not table.added:
        name = "upsert_key_only"
    columns = zip(*map(table.values, chain.from_iterable(rows.values())), strict=True)
    parameters: dict[str, Any] = {"guilds": _guilds(counts)}
    for column, kind, values in zip(table.columns, table.types, columns, strict=True):
        parameters[column] = array(kind, values)
    conn.execute(_statement(table, name, schema), parameters)


def _guilds(counts: Mapping[int, int]) -> Array:
    if len(counts) == 1:
        ((guild_id, count),) = counts.items()
        return repeated("bigint", guild_id, count)
    return array("bigint", [guild_id for guild_id, count in counts.items() for _ in range(count)])


def copy(conn: Connection, table: Table[R], guild_id: int, rows: Iterable[R], schema: str) -> None:
    """Stream ``rows`` into a bare table (one that row-level security does not cover yet)."""
    with conn.cursor() as cursor:
        set_json_dumps(orjson.dumps, cursor)
        with cursor.copy(_statement(table, "copy", schema)) as stream:
            stream.set_types(("bigint", *table.types))
            for row in rows:
                stream.write_row((guild_id, *table.values(row)))


def replace(conn: Connection, table: Table[Any], guild_id: int, *, of: str, into: str) -> None:
    """Put the rows ``of`` one schema in the place of a guild's rows in another one."""
    source, target = (sql.Identifier(schema, table.name) for schema in (of, into))
    for name in ("empty", "fill"):
        statement = template(_FILE, name).format(source=source, target=target)
        conn.execute(statement, {"guild": guild_id})


def differing(
    conn: Connection, table: Table[Any], guild_id: int, schema: str, limit: int = 20
) -> list[tuple[str, dict[str, Any]]]:
    """Rows of a guild that are only ``live`` or only ``rebuilt``; at most ``limit`` of each."""
    statement = template(_FILE, "differing").format(
        live=sql.Identifier("public", table.name), rebuilt=sql.Identifier(schema, table.name)
    )
    return conn.execute(statement, {"guild": guild_id, "limit": limit}).fetchall()


def count(conn: Connection, table: Table[Any], guild_id: int, schema: str = "public") -> int:
    """How many rows of a guild the table has."""
    statement = template(_FILE, "count").format(table=sql.Identifier(schema, table.name))
    row = conn.execute(statement, {"guild": guild_id}).fetchone()
    return int(row[0]) if row else 0
