"""Takes an export apart while it is read: its head, then one message after another.

Only the JSON parser's flat events are used, because its paths grow with the depth of the file: a
few hundred kilobytes of brackets would cost gigabytes.
"""

from collections.abc import Iterator
from typing import Final, Protocol

import ijson  # type: ignore[import-untyped]

_OPENS: Final = frozenset(("start_map", "start_array"))
_CLOSES: Final = frozenset(("end_map", "end_array"))
_HEAD_EVENTS: Final = 1_000
"""More than this before the messages is no head of an export."""
_DEEPEST: Final = 64

_Event = tuple[str, object]


NotJson: Final[tuple[type[Exception], ...]] = (ijson.JSONError, UnicodeDecodeError)
"""The bytes are no JSON, or break off. (The parser lets some that are no UTF-8 through.)"""


class NotAnExport(Exception):
    """The JSON has another shape than an export."""


class Readable(Protocol):
    """Something to read bytes from."""

    def read(self, size: int) -> bytes:
        """The next bytes."""


def objects(source: Readable) -> Iterator[object]:
    """The head as one object, without the messages; then each message.

    Raises NotJson or NotAnExport.
    """
    events: Iterator[_Event] = ijson.basic_parse(source, use_float=True)
    yield _head(events)
    for event in events:
        if event[0] == "end_array":
            break
        yield _value(event, events)
    for _ in events:  # to the end, or a file that breaks off there would pass
        pass


def _head(events: Iterator[_Event]) -> object:
    """Everything before the messages; ``events`` then stands at the first of them."""
    builder = ijson.ObjectBuilder()
    depth = 0
    for count, (event, value) in enumerate(events):
        if (count == 0 and event != "start_map") or count > _HEAD_EVENTS:
            break
        if depth == 1 and (event, value) == ("map_key", "messages"):
            if next(events)[0] != "start_array":
                break
            return builder.value
        builder.event(event, value)
        depth += (event in _OPENS) - (event in _CLOSES)
    raise NotAnExport


def _value(first: _Event, events: Iterator[_Event]) -> object:
    """The value that begins with ``first``."""
    builder = ijson.ObjectBuilder()
    builder.event(*first)
    depth = int(first[0] in _OPENS)
    while depth:
        event, value = next(events)
        builder.event(event, value)
        depth += (event in _OPENS) - (event in _CLOSES)
        if depth > _DEEPEST:
            raise NotAnExport
    return builder.value
