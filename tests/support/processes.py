"""The program in processes of its own, as an operator runs it: started, killed with -9, started.

Each is forked from a process that has imported everything, so that it is at work in a moment; from
there on it is ``python -m bot`` with the arguments and the environment that it is given. What
happens to it is real: its sockets, its files and its log are its own, and SIGKILL leaves it no last
word.
"""

import asyncio
import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Final

from bot.cli import main
from tests.support import dooms
from tests.support.discord import redirected
from tests.support.discord.server import TOKEN

PRELOADED: Final = ["tests.support.preloaded"]
STALLED: Final = "machine_stalled"
STALL_SECONDS: Final = 0.3
LOOK_SECONDS: Final = 0.02
"""Between two looks at a log."""

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(PRELOADED)


class NotSaid(AssertionError):
    """A process did not log in time what was waited for."""


@dataclass
class Program:
    """One process of the program, again and again. ``folder`` holds its log and its data."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    discord: str | None = None
    """The address of the Discord it is to believe in."""
    starts: int = 0
    _process: ForkServerProcess | None = field(default=None, repr=False)

    @property
    def log(self) -> Path:
        """What it has written, over all its lives."""
        return self.folder / f"{self.name}.log"

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.is_alive()

    def start(self, doom: dooms.Doom | None = None) -> None:
        """Start it (again), with a moment at which it is to die if :meth:`arm` is called."""
        assert not self.is_alive, f"{self.name} runs"
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {
            "DISCORD_TOKEN": TOKEN,
            "LOG_FORMAT": "json",
            "TALLYSTICK_DATA_DIR": str(self.folder / self.name),
            **self.environment,
        }
        self._process = _FORKS.Process(
            target=_live,
            args=(list(self.arguments), environment, self.log, self.discord, doom),
            daemon=True,
        )
        self._process.start()
        self.starts += 1

    def arm(self) -> None:
        """From now on the moments of its doom are counted."""
        self._signal(signal.SIGUSR1)

    def kill(self) -> None:
        """SIGKILL, if it still lives."""
        if self._process is not None:
            self._process.kill()
            self._process.join()

    def ask_to_stop(self) -> None:
        """SIGTERM, as an operator's service manager sends it."""
        self._signal(signal.SIGTERM)

    def stop(self, patience: float = 30.0) -> int | None:
        """Ask it to stop, and wait; its exit code, None when it does not stop."""
        assert self._process is not None
        self.ask_to_stop()
        self._process.join(patience)
        return self._process.exitcode

    async def dead(self, patience: float) -> bool:
        """Whether it ends by itself within so many seconds."""
        ends_at = time.monotonic() + patience
        while self.is_alive and time.monotonic() < ends_at:
            await asyncio.sleep(LOOK_SECONDS)
        return not self.is_alive

    async def said(self, event: str, *, times: int = 1, patience: float = 30.0) -> None:
        """Wait until it has logged ``event`` so often. Raises NotSaid with the end of its log."""
        ends_at = time.monotonic() + patience
        while self.count(event) < times:
            if time.monotonic() > ends_at:
                raise NotSaid(f"{self.name} never said {event}:\n{self.tail()}")
            await asyncio.sleep(LOOK_SECONDS)

    def count(self, event: str) -> int:
        """How often it has logged ``event``."""
        return sum(line.get("event") == event for line in self.lines())

    def lines(self) -> Iterator[dict[str, Any]]:
        """What it has logged; a line that is no JSON has only an ``event``."""
        if not self.log.exists():
            return
        for line in self.log.read_text("utf-8", errors="replace").splitlines():
            try:
                found = json.loads(line)
            except ValueError:
                found = None
            yield found if isinstance(found, dict) else {"event": line, "level": "raw"}

    def tail(self, lines: int = 30) -> str:
        """The end of its log."""
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text("utf-8", errors="replace").splitlines()[-lines:])

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.pid is not None and self.is_alive:
            os.kill(self._process.pid, number)


def _live(
    arguments: list[str],
    environment: dict[str, str],
    log: Path,
    discord_url: str | None,
    doom: dooms.Doom | None,
) -> None:
    """In the new process: become the program."""
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(written, stream)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.update(environment)
    sys.argv = ["python -m bot", *arguments]
    if doom is not None:
        doom.await_signal()
    threading.Thread(target=_watch_machine, daemon=True).start()
    with redirected(discord_url) if discord_url else nullcontext():
        main()


def _watch_machine() -> None:
    """Log when this process is not let to run: then it is not to blame for what comes late."""
    while True:
        asleep = time.monotonic()
        time.sleep(0.05)
        if (stalled := time.monotonic() - asleep) > STALL_SECONDS:
            at_ms, ms = round(time.time() * 1000), round(stalled * 1000)
            print(json.dumps({"event": STALLED, "at_ms": at_ms, "ms": ms}), flush=True)
