"""One thing that was looked at: what ``doctor`` lists and ``/livez`` and ``/readyz`` answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

State = Literal["fine", "skipped", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and what to do if it is not fine."""

    what: str
    state: State
    detail: str
    vital: bool = True
    """Whether the program is not ready while this is wrong; if not, it is only told."""


def at_work(what: str, alive: bool) -> Finding:
    """Whether a thread or a task goes on; none of ours ends before it is told to."""
    if alive:
        return Finding(what, "fine", "at work")
    return Finding(what, "wrong", "it has ended; start this process again")


class Part:
    """A part of this process as those who look at it see it. All of it is quick, asks nobody
    outside the process, and is called in the event loop."""

    def alive(self) -> Iterable[Finding]:
        """Whether it is at work at all: when it is not, only a restart helps."""
        return ()

    def ready(self) -> Iterable[Finding]:
        """Whether it can do what it is there for now."""
        return ()

    def measure(self) -> None:
        """Set the gauges that show how it is, just before they are read."""
