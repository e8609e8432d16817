"""Channels that are being read over REST, and what the gateway tells of them meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Readings:
    """All that are under way."""

    def __init__(self) -> None:
        """None is."""
        self._open: list[tuple[str, set[int]]] = []

    @contextmanager
    def of(self, channel_id: int) -> Iterator[set[int]]:
        """The messages of a channel of which something comes in while the block runs."""
        reading = (str(channel_id), set[int]())
        self._open.append(reading)
        try:
            yield reading[1]
        finally:
            self._open = [other for other in self._open if other is not reading]

    def see(self, data: Any) -> None:
        """A payload comes in, of whatever kind."""
        for channel_id, messages in self._open:
            if isinstance(data, dict) and data.get("channel_id") == channel_id:
                named = [data.get("message_id"), data.get("id"), *data.get("ids", ())]
                messages.update(int(one) for one in named if str(one).isdecimal())
