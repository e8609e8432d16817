"""The bytes that a digest is taken of, the same from an event as from its stored row.

``commitment = sha256(salt || content)`` and ``digest = sha256(previous digest || commitment)``:
content and salt of a row can one day be erased (a member's right) and the chain still verifies.
"""

from datetime import datetime
from hashlib import sha256

import orjson

from events.engine.catalogue import StoredEvent
from events.engine.event import Event
from events.engine.snowflake import to_ms

GENESIS = bytes(32)
"""The digest before the first event of a stream."""


def content(row: StoredEvent, recorded_at: datetime) -> bytes:
    """The canonical content of a row: its columns in order, then its payload with sorted keys."""
    head = orjson.dumps(
        [
            row.guild_id,
            row.position,
            row.source_id,
            row.event_type,
            row.schema_version,
            row.user_id,
            row.channel_id,
            row.target_id,
            to_ms(row.occurred_at),
            to_ms(recorded_at),
        ]
    )
    return head + row.payload


def canonical_payload(payload: bytes) -> bytes:
    """JSON from the database (its own spacing and key order) in canonical form."""
    return orjson.dumps(orjson.loads(payload), option=orjson.OPT_SORT_KEYS)


def commitment(salt: bytes, canonical: bytes) -> bytes:
    """Binds a row to its content without giving the content away."""
    return sha256(salt + canonical).digest()


def digest(previous: bytes, committed: bytes) -> bytes:
    """The next link of the chain."""
    return sha256(previous + committed).digest()


def stored(event: Event, position: int) -> StoredEvent:
    """``event`` as the row that the lake will hold at ``position``."""
    return StoredEvent(
        event.guild_id,
        position,
        event.source_id,
        event.event_type,
        event.schema_version,
        event.user_id,
        event.channel_id,
        event.target_id,
        event.payload_json(),
        event.occurred_at,
    )


def same_fact(event: Event, other: Event) -> bool:
    """Whether two events with one source id tell the same fact (see ``Event.restated``)."""
    if type(event) is not type(other):
        return False
    return _facts(event) == _facts(other)


def _facts(event: Event) -> bytes:
    """What must not differ, as JSON: there true is not 1, as it is in Python."""
    fields = orjson.loads(event.payload_json())
    fields.update({name: getattr(event, name) for name in type(event).model_fields if name in _ENV})
    facts = {k: v for k, v in fields.items() if k not in event.restated}
    return orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)


_ENV = frozenset(("user_id", "channel_id", "target_id", "occurred_at"))
