"""Traces, if they are asked for: of an event from the gateway to the commit to the folds, and of a
command from the click to the reply.

An event carries no trace with it. Which one it belongs to follows from its guild and its source id:
capture, the writer and a worker in another process, whenever they meet it, all say the same, and
the lake knows nothing of it. Whether it is traced follows from the same number, so that either all
of its way is or nothing. Logs name it (``trace``) whether it is traced or not.

Nothing here does anything before :func:`start`, and OpenTelemetry is not imported; that is in
``bot/otel.py``. Attributes are guilds, positions, types and numbers, never anybody's id or text.
"""

import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Protocol

from events.engine.errors import TallystickError
from events.interactions import InteractionUsed

if TYPE_CHECKING:
    from bot.otel import Tracing

Attributes = Mapping[str, str | int]
Told = Callable[[Sequence["Keyed"]], object]
"""Who is given the events that something is about, once they are known."""

MISSING: Final = (
    "TALLYSTICK_TRACES is set, but OpenTelemetry is not installed. Install what "
    "requirements-tracing.lock names, or unset it."
)


class TracingMissing(TallystickError):
    """Traces are asked for, but what makes them is not installed."""


class Keyed(Protocol):
    """An event, or a row of the lake."""

    @property
    def guild_id(self) -> int:
        """The guild it happened in."""

    @property
    def source_id(self) -> str:
        """Its key there."""

    @property
    def event_type(self) -> str:
        """What it is."""


_tracing: "Tracing | None" = None


def start(share: float) -> None:
    """Trace this ``share`` (0 to 1) of all events and commands from now on. Raises TracingMissing
    when there is nothing to do it with."""
    if share:
        try:
            from bot.otel import Tracing, exporter  # noqa: PLC0415  optional, and slow to import
        except ImportError as error:
            raise TracingMissing(MISSING) from error
        use(Tracing(share, exporter()))


def use(tracing: "Tracing | None") -> None:
    """Trace with this from now on."""
    global _tracing  # noqa: PLW0603  one for the process, as metrics are
    _tracing = tracing


def stop() -> None:
    """Send what is still to be sent, and trace no more."""
    tracing = _tracing
    use(None)
    if tracing is not None:
        tracing.close()


def ids_of(guild_id: int, source_id: str) -> tuple[int, int]:
    """The trace that an event belongs to, and the span in it under which everything else is."""
    digest = sha256(f"{guild_id} {source_id}".encode()).digest()
    return int.from_bytes(digest[:16]), int.from_bytes(digest[16:24])


def trace_of(guild_id: int, source_id: str) -> str:
    """How the trace of an event is written."""
    return f"{ids_of(guild_id, source_id)[0]:032x}"


def name_trace(
    logger: Any, method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """For the log: the trace of the event or the interaction that a line is about."""
    guild, source_id = line.get("guild"), line.get("source_id")
    if source_id is None and "interaction" in line:
        source_id = f"{line['interaction']}:{InteractionUsed.event_type}"
    if guild is not None and source_id is not None:
        line["trace"] = trace_of(guild, source_id)
    return line


def captured(events: Sequence[Keyed], began: int) -> None:
    """These were taken in: their traces began when they began to be numbered (in nanoseconds since
    1970), and go on with the commit."""
    if _tracing is not None:
        for event in _tracing.traced(events):
            _tracing.begin("capture", event, began)


@contextmanager
def decided() -> Iterator[Told]:
    """Around a command's transaction, a part of the command that is under way. The facts that come
    of it are told; each begins a trace of its own, linked to that of the command."""
    if _tracing is None:
        yield _nobody
        return
    told: list[Keyed] = []
    began = time.time_ns()
    with _tracing.span("handle"):
        yield told.extend
        for event in _tracing.traced(told):
            _tracing.begin("decide", event, began)


@contextmanager
def about(name: str, events: Sequence[Keyed] = (), **attributes: str | int) -> Iterator[Told]:
    """Around what is done to many events at once (a batch is written, a page is folded): one span
    for it all, and one in the trace of each. They are given, or told when they are known."""
    if _tracing is None:
        yield _nobody
        return
    told = list(events)
    started = time.time_ns()
    said = dict[str, str | int](attributes)
    try:
        yield told.extend
    except BaseException as error:
        said["failed"] = type(error).__name__
        raise
    finally:
        said["events"] = len(told)
        _tracing.together(name, _tracing.traced(told), started, said)


@contextmanager
def command(guild_id: int, interaction_id: int, **attributes: str | int) -> Iterator[None]:
    """Around an interaction, from its arrival to the last answer."""
    if _tracing is None:
        yield
        return
    source_id = f"{interaction_id}:{InteractionUsed.event_type}"
    with _tracing.command(guild_id, source_id, {"guild": guild_id, **attributes}):
        yield


@contextmanager
def span(name: str) -> Iterator[None]:
    """A part of the command that is under way, if one is and is traced."""
    if _tracing is None:
        yield
        return
    with _tracing.span(name):
        yield


def _nobody(events: Sequence[Keyed]) -> None:
    """Nothing is traced."""
