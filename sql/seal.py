"""Sealing: new events become rows of the lake, each bound by its digest to the one before it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from events.engine import canonical
from events.engine.event import RULE_PREFIX, Event
from sql.arrays import Array, array
from sql.errors import RowTooLarge

MAX_PAYLOAD = 64 * 1024
"""Bytes of payload that one event may have."""

SALT_BYTES = 16
Salt = Callable[[int], bytes]
"""Gives that many random bytes; ``os.urandom`` outside tests."""

_COLUMNS = {
    "guild_id": "bigint",
    "position": "bigint",
    "source_id": "text",
    "event_type": "text",
    "schema_version": "smallint",
    "user_id": "bigint",
    "channel_id": "bigint",
    "target_id": "bigint",
    "payload": "bytea",
    "occurred_at": "timestamptz",
    "recorded_at": "timestamptz",
    "salt": "bytea",
    "commitment": "bytea",
    "digest": "bytea",
}
"""The lake's columns with their types: first those of a StoredEvent, then those of the seal."""


@dataclass(frozen=True, slots=True)
class NewestRule:
    """Where a guild's newest rule stands, and the digest of the chain there."""

    position: int
    digest: bytes


NO_RULE = NewestRule(0, canonical.GENESIS)


@dataclass(slots=True)
class Stream:
    """A guild's stream while we hold it."""

    head: int
    digest: bytes
    recorded_at: datetime
    rule: NewestRule = NO_RULE


def sealed(
    fresh: Sequence[tuple[int, Event]], streams: Mapping[int, Stream], salt: Salt
) -> tuple[dict[str, Array], dict[int, Stream]]:
    """The parameters of the statement that appends ``fresh`` (events with their positions): the
    rows column by column, and how far each stream has moved; and the streams after it.

    Raises RowTooLarge.
    """
    moved: dict[int, Stream] = {}
    rows: list[tuple[Any, ...]] = []
    salts = salt(SALT_BYTES * len(fresh))
    for number, (position, event) in enumerate(fresh):
        stream = moved.get(event.guild_id)
        if stream is None:
            stream = moved[event.guild_id] = replace(streams[event.guild_id])
        at = stream.recorded_at
        row = canonical.stored(event, position)
        if len(row.payload) > MAX_PAYLOAD:
            raise RowTooLarge(f"{event.event_type}: over {MAX_PAYLOAD} bytes of payload")
        own = salts[SALT_BYTES * number : SALT_BYTES * (number + 1)]
        committed = canonical.commitment(own, canonical.content(row, at))
        stream.head, stream.digest = position, canonical.digest(stream.digest, committed)
        if event.source_id.startswith(RULE_PREFIX):
            stream.rule = NewestRule(position, stream.digest)
        rows.append((*row, at, own, committed, stream.digest))
    columns = zip(_COLUMNS.items(), zip(*rows, strict=True), strict=True)
    parameters = {name: array(kind, values) for (name, kind), values in columns}
    after = moved.values()
    parameters["moved_guild"] = array("bigint", list(moved))
    parameters["moved_head"] = array("bigint", [stream.head for stream in after])
    parameters["moved_digest"] = array("bytea", [stream.digest for stream in after])
    parameters["moved_ruled_at"] = array("bigint", [stream.rule.position for stream in after])
    parameters["moved_ruled_digest"] = array("bytea", [stream.rule.digest for stream in after])
    return parameters, moved
