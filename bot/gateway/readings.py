"""Channels and guilds that are being read, and what the gateway tells of them meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Readings:
    """All that are under way."""

    def __init__(self) -> None:
        """None is."""
        self._open: list[tuple[str, set[int]]] = []

    @contextmanager
    def of(self, place: int) -> Iterator[set[int]]:
        """The messages of a channel, or the members of a guild, of which something comes in while
        the block runs."""
        reading = (str(place), set[int]())
        self._open.append(reading)
        try:
            yield reading[1]
        finally:
            self._open = [other for other in self._open if other is not reading]

    def see(self, data: Any) -> None:
        """A payload comes in, of whatever kind."""
        if not self._open or not isinstance(data, dict):
            return
        for place, touched in self._open:
            if data.get("channel_id") == place:
                many = data.get("ids")
                named = [data.get("message_id"), data.get("id")]
                named += many if isinstance(many, list) else []
            elif data.get("guild_id") == place and isinstance(data.get("user"), dict):
                named = [data["user"].get("id")]
            else:
                continue
            touched.update(int(str(one)) for one in named if str(one).isdecimal())
