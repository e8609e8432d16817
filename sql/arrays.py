"""Whole columns as PostgreSQL's binary arrays, put together in one go.

psycopg looks at each element of a list to find out its type, and picks another one (int2, int4,
int8) as the values grow, so that one statement is prepared several times over. Here the type is
said once and a column becomes one piece of bytes.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEADER = struct.Struct("!iiIii").pack
_SIZE = struct.Struct("!i").pack
_NULL = _SIZE(-1)
_INT8 = struct.Struct("!iq").pack
_INT4 = struct.Struct("!ii").pack
_INT2 = struct.Struct("!ih").pack
_TRUE, _FALSE = _SIZE(1) + b"\x01", _SIZE(1) + b"\x00"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EPOCH_DAY = date(2000, 1, 1).toordinal()


def _bigint(value: int) -> bytes:
    return _INT8(8, value)


def _smallint(value: int) -> bytes:
    return _INT2(2, value)


def _boolean(value: bool) -> bytes:
    return _TRUE if value else _FALSE


def _bytea(value: bytes) -> bytes:
    return _SIZE(len(value)) + value


def _text(value: str) -> bytes:
    encoded = value.encode()
    return _SIZE(len(encoded)) + encoded


def _jsonb(value: Any) -> bytes:
    encoded = orjson.dumps(value)
    return _SIZE(len(encoded) + 1) + b"\x01" + encoded


def _date(value: date) -> bytes:
    return _INT4(4, value.toordinal() - _EPOCH_DAY)


def _timestamptz(value: datetime) -> bytes:
    return _INT8(8, (value - _EPOCH) // _MICROSECOND)


_TYPES: Mapping[str, tuple[int, Callable[[Any], bytes]]] = {
    "bigint": (20, _bigint),
    "boolean": (16, _boolean),
    "bytea": (17, _bytea),
    "date": (1082, _date),
    "jsonb": (3802, _jsonb),
    "smallint": (21, _smallint),
    "text": (25, _text),
    "timestamptz": (1184, _timestamptz),
}
"""The type's number in PostgreSQL (the same in every database), and how one element is sent."""


class Array:
    """A column ready to be sent; the statement casts it to its type."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        """``data`` is the array as PostgreSQL receives it."""
        self.data = data


def array(kind: str, values: Sequence[Any]) -> Array:
    """``values`` (None is null) as an array of the PostgreSQL type ``kind``."""
    oid, encode = _TYPES[kind]
    if not values:
        return Array(_HEADER(0, 0, oid, 0, 1)[:12])
    has_nulls = None in values
    if kind == "bigint" and not has_nulls:
        body = _bigints(values)
    else:
        body = b"".join([_NULL if value is None else encode(value) for value in values])
    return Array(_HEADER(1, has_nulls, oid, len(values), 1) + body)


def repeated(kind: str, value: Any, count: int) -> Array:
    """The same value ``count`` times (at least once), encoded once."""
    oid, encode = _TYPES[kind]
    return Array(_HEADER(1, False, oid, count, 1) + encode(value) * count)


def _bigints(values: Sequence[int]) -> bytes:
    """The elements of a column of whole numbers packed in one go: most columns are such."""
    count = len(values)
    sized = [8] * (2 * count)
    sized[1::2] = values
    return struct.pack("!" + "iq" * count, *sized)


class _ArrayDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Array) -> bytes:
        return obj.data


psycopg.adapters.register_dumper(Array, _ArrayDumper)
