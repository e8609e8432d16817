"""OpenTelemetry, for ``bot/tracing.py`` alone: it need not be installed. Where traces are sent is
said by OpenTelemetry's own variables (``OTEL_EXPORTER_OTLP_ENDPOINT``, ``OTEL_SERVICE_NAME`` ...).
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    StatusCode,
    TraceFlags,
    get_current_span,
    set_span_in_context,
    use_span,
)

from bot.tracing import Keyed, ids_of

_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)
_BOUND: Final = 2**64
_given: ContextVar[tuple[int, int] | None] = ContextVar("given", default=None)


class _Ids(RandomIdGenerator):
    """Random ids, but for a span that begins the trace of an event."""

    def generate_trace_id(self) -> int:
        given = _given.get()
        return super().generate_trace_id() if given is None else given[0]

    def generate_span_id(self) -> int:
        given = _given.get()
        return super().generate_span_id() if given is None else given[1]


def exporter() -> SpanExporter:
    """What sends traces to a collector, by OTLP over HTTP."""
    return OTLPSpanExporter()


class Tracing:
    """Makes spans of what is traced, and sends them in the background."""

    def __init__(self, share: float, sent_by: SpanExporter) -> None:
        """Trace this ``share`` of all events."""
        self._bound = int(share * _BOUND)
        self._provider = TracerProvider(
            id_generator=_Ids(), resource=Resource.create({"service.name": "tallystick"})
        )
        self._provider.add_span_processor(BatchSpanProcessor(sent_by))
        self._tracer = self._provider.get_tracer("tallystick")

    def close(self) -> None:
        """Send what is still to be sent."""
        self._provider.shutdown()

    def flush(self) -> None:
        """Send what is to be sent now."""
        self._provider.force_flush()

    def traced(self, events: Iterable[Keyed]) -> list[Keyed]:
        """Those that are traced, by OpenTelemetry's own rule for a share of trace ids."""
        return [one for one in events if self._is_traced(ids_of(one.guild_id, one.source_id)[0])]

    def begin(self, name: str, event: Keyed, started: int) -> None:
        """The span with which the trace of an event begins; it ends now, and is linked to the
        command that is under way, if one is."""
        around = get_current_span().get_span_context()
        links = [Link(around)] if around.is_valid else []
        ids = ids_of(event.guild_id, event.source_id)
        self._root(name, ids, _told(event), started, links).end()

    def together(
        self, name: str, events: Iterable[Keyed], started: int, attributes: Mapping[str, str | int]
    ) -> None:
        """A span for something that was done to many events and ends now, and one in the trace of
        each, which is linked to it. If none of them is traced: nothing."""
        events = list(events)
        if not events:
            return
        ended = time.time_ns()
        whole = self._tracer.start_span(name, Context(), start_time=started, attributes=attributes)
        whole.end(ended)
        links = [Link(whole.get_span_context())]
        for event in events:
            parent = SpanContext(*ids_of(event.guild_id, event.source_id), True, _SAMPLED)
            context = set_span_in_context(NonRecordingSpan(parent), Context())
            self._tracer.start_span(
                name, context, links=links, start_time=started, attributes=_told(event)
            ).end(ended)

    @contextmanager
    def command(
        self, guild_id: int, source_id: str, attributes: Mapping[str, str | int]
    ) -> Iterator[None]:
        """Around a command: the span with which its trace begins."""
        ids = ids_of(guild_id, source_id)
        if self._is_traced(ids[0]):
            with _during(self._root("interaction", ids, attributes, time.time_ns())):
                yield
        else:
            yield

    def span(self, name: str) -> AbstractContextManager[object]:
        """Around a part of a command, if one is under way here and is traced."""
        if not get_current_span().is_recording():
            return nullcontext()
        return _during(self._tracer.start_span(name))

    def _is_traced(self, trace_id: int) -> bool:
        return trace_id % _BOUND < self._bound

    def _root(
        self,
        name: str,
        ids: tuple[int, int],
        attributes: Mapping[str, str | int],
        started: int,
        links: Sequence[Link] = (),
    ) -> Span:
        token = _given.set(ids)
        try:
            return self._tracer.start_span(
                name, Context(), start_time=started, attributes=attributes, links=links
            )
        finally:
            _given.reset(token)


@contextmanager
def _during(span: Span) -> Iterator[None]:
    """``span`` for the length of the block; what goes wrong in it is named, not quoted."""
    with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield
        except BaseException as error:
            span.set_status(StatusCode.ERROR, type(error).__name__)
            raise


def _told(event: Keyed) -> dict[str, str | int]:
    told: dict[str, str | int] = {"guild": event.guild_id, "type": event.event_type}
    position = getattr(event, "position", None)
    return told if position is None else told | {"position": position}
