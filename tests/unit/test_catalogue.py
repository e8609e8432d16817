"""The catalogue: types found by walking the files, rows of every age read."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

import events
from events.engine import canonical, catalogue
from events.engine.catalogue import decode, event_types, upcast
from events.engine.errors import EventError, UnknownEventType, UnknownSchemaVersion
from events.engine.event import Event, Upcast
from tests.support.facts import START, message

MODULE = '''
from typing import ClassVar
from events.engine.event import Event

class {name}(Event):
    """Of a test."""

    event_type: ClassVar[str] = "{event_type}"
'''


def _split_name(payload: dict[str, Any]) -> dict[str, Any]:
    first, _, last = payload.pop("name").partition(" ")
    return payload | {"first": first, "last": last}


def _count_from_one(payload: dict[str, Any]) -> dict[str, Any]:
    return payload | {"ordinal": payload["ordinal"] + 1}


class Renamed(Event):
    """Version 1 had one name, version 2 two; version 3 counts from 1."""

    event_type: ClassVar[str] = "renamed"
    schema_version: ClassVar[int] = 3
    upcasts: ClassVar[Mapping[int, Upcast]] = {1: _split_name, 2: _count_from_one}

    first: str
    last: str
    ordinal: int


class Gap(Renamed):
    """Somebody forgot an upcast."""

    upcasts: ClassVar[Mapping[int, Upcast]] = {1: _split_name}


@pytest.fixture
def with_renamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "event_types", lambda: {"renamed": Renamed})


@pytest.mark.parametrize(
    ("version", "payload"),
    [
        (1, b'{"name": "Ann Lee", "ordinal": 0}'),
        (2, b'{"first": "Ann", "last": "Lee", "ordinal": 0}'),
        (3, b'{"first": "Ann", "last": "Lee", "ordinal": 1}'),
    ],
)
def test_a_row_of_any_version_is_read_as_todays(
    with_renamed: None, version: int, payload: bytes
) -> None:
    today = Renamed(
        guild_id=5, source_id="1:renamed", occurred_at=START, first="Ann", last="Lee", ordinal=1
    )
    row = canonical.stored(today, 1)._replace(schema_version=version, payload=payload)
    assert decode(row) == today


def test_a_row_of_a_newer_release_is_not_guessed_at(with_renamed: None) -> None:
    row = canonical.stored(message(1), 4)._replace(event_type="renamed", schema_version=4)
    with pytest.raises(UnknownSchemaVersion, match="stored as version 4, this code knows 3"):
        decode(row)


def test_a_missing_upcast_is_named() -> None:
    with pytest.raises(UnknownSchemaVersion, match="renamed: no upcast from version 2"):
        upcast(Gap, 1, {"name": "Ann Lee", "ordinal": 0})


def test_an_unknown_type_is_named_with_its_position() -> None:
    row = canonical.stored(message(1), 4)._replace(event_type="nothing_we_know")
    with pytest.raises(UnknownEventType, match="position 4: no event type 'nothing_we_know'"):
        decode(row)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """One more folder of ``events/``, for this test only."""
    monkeypatch.setattr(events, "__path__", [*events.__path__, str(tmp_path)])
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        monkeypatch.delitem(sys.modules, name)
    for name in ("of_a_test", "of_another_test"):
        vars(events).pop(name, None)


def walk() -> Mapping[str, type[Event]]:
    """The catalogue found afresh."""
    found: Mapping[str, type[Event]] = event_types.__wrapped__()
    return found


def test_a_new_file_is_a_new_type(folder: Path) -> None:
    (folder / "of_a_test.py").write_text(MODULE.format(name="Knitted", event_type="knit"))
    assert walk().keys() - event_types().keys() == {"knit"}


def test_two_types_of_one_name_are_refused(folder: Path) -> None:
    (folder / "of_a_test.py").write_text(MODULE.format(name="Knitted", event_type="knit"))
    (folder / "of_another_test.py").write_text(MODULE.format(name="Sewn", event_type="knit"))
    with pytest.raises(EventError, match="two classes are named 'knit'"):
        walk()
