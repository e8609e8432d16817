"""Room on a disk that is kept for later: a full disk must not keep us from emptying what is on it.

To remove rows SQLite first has to write; so the spool holds a file of nothing, and lets go of it
when the disk is full and rows are to be taken out.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

SIZE: Final = 8 * 1024 * 1024
"""Bytes: what SQLite may hold in its write-ahead log once more, and the removal of a page."""

log = structlog.get_logger("tallystick.spool")


class Reserve:
    """A file of nothing."""

    def __init__(self, path: Path, size: int = SIZE) -> None:
        """Nothing is held yet."""
        self._path = path
        self._size = size

    def hold(self) -> None:
        """Hold the room, if it is there."""
        if self._path.exists():
            return
        try:
            with self._path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, self._size)
        except OSError as error:
            self.release()
            log.warning("no_reserve", path=str(self._path), problem=error.strerror)

    def release(self) -> bool:
        """Let go of it; whether there was any."""
        with suppress(OSError):
            self._path.unlink()
            return True
        return False
