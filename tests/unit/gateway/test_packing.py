"""Steps as bytes and back, of this release and of those before it."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import orjson
import pytest

from bot.gateway import packing
from bot.gateway.packing import NESTED, VERSION, Unreadable, kinds, pack, unpack
from bot.gateway.steps import Numbered
from bot.gateway.translate import translate
from events.engine.event import Event, Upcast
from tests.support.steps import of_every_kind
from tests.unit.gateway import payloads as p

SAMPLES = Path(__file__).parents[2] / "samples" / "spool"


def test_every_step_comes_back_as_it_was() -> None:
    for step in of_every_kind():
        assert unpack(*pack(step)) == step


def test_every_kind_of_step_was_tried() -> None:
    tried = {type(step).__name__ for step in of_every_kind() if not isinstance(step, Event)}
    assert tried == set(kinds())


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_what_an_earlier_release_has_spooled_is_understood(path: Path) -> None:
    kind, version, content = orjson.loads(path.read_bytes())
    step = unpack(kind, version, orjson.dumps(content))
    assert type(step).__name__ == kind or isinstance(step, Event)


def test_there_is_a_sample_of_every_kind() -> None:
    """python -m tests.support.steps writes those that are missing."""
    stored = {path.name for path in SAMPLES.glob("*.json")}
    assert {f"{kind}.v{VERSION}.json" for kind in kinds()} <= stored


class Grown(Event):
    """An event type whose payload once had no ``colour``."""

    event_type: ClassVar[str] = "grown"
    schema_version: ClassVar[int] = 2
    upcasts: ClassVar[Mapping[int, Upcast]] = {1: lambda payload: payload | {"colour": "grey"}}

    colour: str


def test_an_event_of_an_earlier_version_is_brought_to_this_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where it stands inside another step."""
    monkeypatch.setattr(packing, "event_types", lambda: {"grown": Grown})
    new = Grown(guild_id=1, source_id="a", occurred_at=p.START, colour="grey")
    _, _, body = pack(new)
    old = orjson.loads(body)
    del old["colour"]
    assert unpack("grown", 1, orjson.dumps(old)) == new
    inside = {"facts": [[{NESTED: ["grown", 1, old]}, None]], "rest": []}
    assert unpack("Numbered", VERSION, orjson.dumps(inside)) == Numbered(((new, None),))


@pytest.mark.parametrize(
    ("kind", "version", "body"),
    [
        ("VoiceSeen", VERSION + 1, b"{}"),
        ("VoiceSeen", VERSION, b"{}"),
        ("VoiceSeen", VERSION, b"nonsense"),
        ("VoiceSeen", VERSION, b"[]"),
        ("NoSuchThing", VERSION, b"{}"),
        ("message_create", 99, orjson.dumps(pack(of_every_kind()[0])[0])),
        ("message_create", 1, b"{}"),
    ],
)
def test_what_cannot_be_read_is_said_to_be_so(kind: str, version: int, body: bytes) -> None:
    with pytest.raises(Unreadable):
        unpack(kind, version, body)


def test_no_text_of_a_message_is_in_it() -> None:
    told = translate("MESSAGE_CREATE", p.message(content="top secret"), p.around())
    assert b"secret" not in b"".join(pack(step)[2] for step in told)
