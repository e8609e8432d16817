"""Finds every event type by walking the flat files of ``events/``: there is no list to edit."""

import importlib
import pkgutil
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

import events
from events.engine.errors import CannotRead, EventError, UnknownEventType, UnknownSchemaVersion
from events.engine.event import ENVELOPE, Event
from events.engine.unreadable import Unreadable


class StoredEvent(NamedTuple):
    """A row of the lake as it was read: the envelope in columns, the payload still in bytes.

    A named tuple, since a replay makes one for each event: a third of a frozen dataclass's cost.
    """

    guild_id: int
    position: int
    source_id: str
    event_type: str
    schema_version: int
    user_id: int | None
    channel_id: int | None
    target_id: int | None
    payload: bytes
    occurred_at: datetime


@cache
def event_types() -> Mapping[str, type[Event]]:
    """Every event type by its stored name. Raises EventError when two share a name."""
    found: dict[str, type[Event]] = {}
    for module_info in pkgutil.iter_modules(events.__path__):
        if module_info.ispkg:
            continue
        module = importlib.import_module(f"events.{module_info.name}")
        for value in vars(module).values():
            if not (isinstance(value, type) and issubclass(value, Event)):
                continue
            if value.__module__ != module.__name__ or "event_type" not in vars(value):
                continue
            if found.setdefault(value.event_type, value) is not value:
                raise EventError(f"two classes are named {value.event_type!r}")
    return MappingProxyType(found)


def decode(row: StoredEvent) -> Event:
    """The event in a stored row, brought to today's schema version, without validation.

    Raises CannotRead (UnknownEventType, UnknownSchemaVersion) when this code cannot read the row.
    """
    cls = event_types().get(row.event_type)
    if cls is None:
        text = f"position {row.position}: no event type {row.event_type!r}"
        raise UnknownEventType(text, row.event_type, row.schema_version)
    try:
        fields: dict[str, Any] = orjson.loads(row.payload)
        if row.schema_version != cls.schema_version:
            fields = upcast(cls, row.schema_version, fields)
        fields["guild_id"], fields["source_id"] = row.guild_id, row.source_id
        fields["user_id"], fields["channel_id"] = row.user_id, row.channel_id
        fields["target_id"], fields["occurred_at"] = row.target_id, row.occurred_at
    except CannotRead:
        raise
    except Exception as error:  # no payload of ours; what it holds is not repeated
        text = f"position {row.position}: no payload of {row.event_type} ({type(error).__name__})"
        raise CannotRead(text, row.event_type, row.schema_version) from error
    return cls.trusted(fields)


def readable(row: StoredEvent) -> Event:
    """The event in a stored row, or an :class:`Unreadable` in its place."""
    try:
        return decode(row)
    except CannotRead as error:
        envelope = {name: getattr(row, name) for name in ENVELOPE}
        of = event_types().get(row.event_type)
        return Unreadable.trusted(envelope | {"of": of, "error": error})


def known_versions() -> dict[str, int]:
    """The newest schema version of each event type that this code can read."""
    return {name: cls.schema_version for name, cls in event_types().items()}


def is_newer(event_type: str, schema_version: int) -> bool:
    """Whether this is the type or the version of a release that knows more than this one."""
    cls = event_types().get(event_type)
    return cls is None or schema_version > cls.schema_version


def upcast(cls: type[Event], version: int, payload: dict[str, Any]) -> dict[str, Any]:
    """Bring ``payload`` from ``version`` to today's, one step at a time."""
    for step in range(version, cls.schema_version):
        if step not in cls.upcasts:
            text = f"{cls.event_type}: no upcast from version {step}"
            raise UnknownSchemaVersion(text, cls.event_type, version)
        payload = cls.upcasts[step](payload)
    if version > cls.schema_version:
        known = f"this code knows {cls.schema_version}"
        text = f"{cls.event_type}: stored as version {version}, {known}"
        raise UnknownSchemaVersion(text, cls.event_type, version)
    return payload
