"""Sealing: new events become rows of the lake, each bound by its digest to the one before it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.engine import canonical
from events.engine.event import Event
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


@dataclass(slots=True)
class Stream:
    """A guild's stream while we hold it."""

    head: int
    digest: bytes
    recorded_at: datetime


def sealed(
    fresh: Sequence[tuple[int, Event]], streams: Mapping[int, Stream], salt: Salt
) -> dict[str, Array]:
    """The parameters of the statement that appends ``fresh`` (events with their positions): the
    rows column by column, and how far each stream has moved. Raises RowTooLarge."""
    digests = {guild: stream.digest for guild, stream in streams.items()}
    heads: dict[int, int] = {}
    rows: list[tuple[Any, ...]] = []
    salts = salt(SALT_BYTES * len(fresh))
    for number, (position, event) in enumerate(fresh):
        guild, at = event.guild_id, streams[event.guild_id].recorded_at
        row = canonical.stored(event, position)
        if len(row.payload) > MAX_PAYLOAD:
            raise RowTooLarge(f"{event.event_type}: over {MAX_PAYLOAD} bytes of payload")
        own = salts[SALT_BYTES * number : SALT_BYTES * (number + 1)]
        committed = canonical.commitment(own, canonical.content(row, at))
        digests[guild] = canonical.digest(digests[guild], committed)
        heads[guild] = position
        rows.append((*row, at, own, committed, digests[guild]))
    columns = zip(_COLUMNS.items(), zip(*rows, strict=True), strict=True)
    parameters = {name: array(kind, values) for (name, kind), values in columns}
    parameters["moved_guild"] = array("bigint", list(heads))
    parameters["moved_head"] = array("bigint", list(heads.values()))
    parameters["moved_digest"] = array("bytea", [digests[guild] for guild in heads])
    return parameters
