"""Steps as bytes and back: what the spool keeps while the database is away.

Only translated steps are packed, so what is on disk is what would be in the lake: ids, times,
measures and names, never the text of a message.

A packed step is a kind, a version and JSON. An event's kind is its event type and its version the
schema version, so that a spool of an earlier release is brought to today's shape by the very
upcasts that the lake uses; anything else is named after its class and has the version VERSION.
What is read back is validated, since the file may come from elsewhere.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from inspect import isabstract
from types import MappingProxyType
from typing import Any, Final, get_args

import orjson
from pydantic import TypeAdapter, ValidationError

from bot.gateway.seen import Observation
from bot.gateway.steps import Step
from bot.gateway.translate import translators
from events.engine.catalogue import event_types, upcast
from events.engine.errors import EventError, TallystickError
from events.engine.event import ENVELOPE, Event

VERSION: Final = 1
"""Raised when the fields of a step that is no event change, so that an old row is not misread."""

NESTED: Final = "$"
"""The key under which a step inside a step stands, as kind, version and fields."""

Packed = tuple[str, int, bytes]


class Unreadable(TallystickError):
    """A packed step that this code cannot read."""


def pack(step: Step) -> Packed:
    """``step`` as a kind, a version and JSON."""
    kind, version, content = _taken_apart(step)
    return kind, version, orjson.dumps(content)


def unpack(kind: str, version: int, body: bytes) -> Step:
    """The step that was packed. Raises Unreadable."""
    try:
        step: Step = _put_together(kind, version, orjson.loads(body))
    except (EventError, ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable(f"a {kind} of version {version}: {type(error).__name__}") from error
    return step


def _taken_apart(step: Any) -> tuple[str, int, dict[str, Any]]:
    if isinstance(step, Event):
        return step.event_type, step.schema_version, step.model_dump(mode="json")
    return type(step).__name__, VERSION, _fields(step)


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: Any) -> Any:
    if isinstance(value, Event | Observation):
        return {NESTED: _taken_apart(value)}
    if is_dataclass(value):
        return _fields(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _put_together(kind: str, version: int, content: dict[str, Any]) -> Any:
    if (event_type := event_types().get(kind)) is not None:
        return _event(event_type, version, content)
    if version != VERSION:
        raise EventError(f"{kind} of version {version}")
    return _adapter(kind).validate_python({k: _whole(value) for k, value in content.items()})


def _event(cls: type[Event], version: int, content: dict[str, Any]) -> Event:
    envelope = {name: content.pop(name) for name in ENVELOPE}
    return cls.model_validate(envelope | upcast(cls, version, content))


def _whole(value: Any) -> Any:
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict) and list(value) == [NESTED]:
        return _put_together(*value[NESTED])
    return value


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(kinds()[kind])


@cache
def kinds() -> Mapping[str, type]:
    """Every step that is no event, by name: found, not listed."""
    translators()  # so that every module that declares an observation has been imported
    found = [cls for cls in [*get_args(Step), *_below(Observation)] if _is_a_kind(cls)]
    return MappingProxyType({cls.__name__: cls for cls in found})


def _below(base: type[Any]) -> Iterator[type[Any]]:
    for cls in base.__subclasses__():
        yield cls
        yield from _below(cls)


def _is_a_kind(cls: type[Any]) -> bool:
    """Whether it is a class that its module offers, and one whose objects are seen."""
    offered = vars(sys.modules[cls.__module__]).get(cls.__name__) is cls
    return offered and is_dataclass(cls) and not isabstract(cls) and cls.__name__[0] != "_"
