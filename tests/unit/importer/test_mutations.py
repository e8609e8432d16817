"""Whatever happened to an export: it is refused with a sentence, or read; its text never leaks."""

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from bot.importer import files
from bot.importer.errors import ImportRefused
from bot.importer.files import Meter
from bot.importer.translate import Skipped, translate
from tests.unit.importer.exports import TEXT, export, message, reaction, user

SECRET = "zzqzz secret zzqzz"
WHOLE = export(
    message(1, content=SECRET, embeds=[{"title": SECRET}], attachments=[{"fileName": SECRET}]),
    message(2, type="Reply", reference={"messageId": "5", "channelId": "6"}, mentions=[user(3)]),
    message(3, reactions=[reaction(count=3, users=(8, 9)), reaction("blob", "77", 2)]),
    message(4, type="ThreadCreated", timestampEdited="2024-03-01T13:00:00.123+01:00"),
)
odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(
        ["", "0", "-1", str(2**63), "1e5", "2024-01-01", [], {}, [[]], [None], {"id": 1}]
    ),
)


def paths_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each value in a JSON document."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [p for key, inner in items for p in [(*path, key), *paths_in(inner, (*path, key))]]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """An export of which some values were replaced, removed or doubled."""
    content = copy.deepcopy(WHOLE)
    for path in draw(st.lists(st.sampled_from(paths_in(WHOLE)), min_size=1, max_size=4)):
        holder: Any = content
        try:
            for key in path[:-1]:
                holder = holder[key]
            match draw(st.sampled_from(["replace", "remove", "double"])):
                case "replace":
                    holder[path[-1]] = draw(odd)
                case "remove":
                    del holder[path[-1]]
                case "double" if isinstance(holder, list):
                    holder.insert(path[-1], copy.deepcopy(holder[path[-1]]))
        except (KeyError, IndexError, TypeError):
            continue  # an earlier mutation took the place away
    return content


def read(data: bytes) -> None:
    """Read a file as an import would; what comes out holds no text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.json"
        path.write_bytes(data)
        try:
            export = files.check(path, Meter(0, None))
        except ImportRefused as refused:
            assert SECRET not in str(refused)
            assert TEXT not in str(refused)
            return
        for message in files.messages(export, Meter(0, None)):
            for event in translate(export.head, message):
                told = event.reason if isinstance(event, Skipped) else event.model_dump_json()
                assert SECRET not in told
                assert TEXT not in told


@given(mutated())
def test_mutated_values(content: dict[str, Any]) -> None:
    read(json.dumps(content).encode("utf-8", "surrogatepass"))


@given(st.data())
def test_mutated_bytes(data: st.DataObject) -> None:
    whole = bytearray(json.dumps(WHOLE).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(whole)))
        end = start + data.draw(st.integers(0, 20))
        whole[start:end] = data.draw(st.binary(max_size=8))
    read(bytes(whole))


@given(st.binary(max_size=200))
@example(b'{"\xc0\x80": 1}')  # an overlong NUL, which the parser takes for UTF-8
def test_any_bytes(data: bytes) -> None:
    read(data)
