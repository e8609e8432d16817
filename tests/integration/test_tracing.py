"""Traces: an event's from capture over the commit to the fold, a command's from click to reply."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext

from bot import tracing
from bot.answer import Reply, Services
from bot.background import _page
from bot.handle import Call
from bot.look import note
from bot.otel import Tracing
from bot.runtime import _batch
from bot.settings import Settings
from events.interactions import InteractionUsed
from events.messages import MessageCreated
from projections.engine import worker
from sql.errors import DatabaseUnreachable
from sql.pool import Database
from sql.writer import LakeWriter
from tests.integration.test_capture import capturing
from tests.support.facts import message
from tests.support.simulator import world
from tests.unit.gateway import payloads as p
from tests.unit.test_answer import FakeInteraction, run


class Spans:
    """What was traced."""

    def __init__(self, share: float = 1) -> None:
        self._exporter = InMemorySpanExporter()
        self.tracing = Tracing(share, self._exporter)

    def of(self, trace: str) -> list[ReadableSpan]:
        """The spans of a trace, as they ended."""
        return [one for one in self.all() if f"{ids(one).trace_id:032x}" == trace]

    def all(self) -> list[ReadableSpan]:
        self.tracing.flush()
        return list(self._exporter.get_finished_spans())


@pytest.fixture
def spans() -> Iterator[Spans]:
    found = Spans()
    tracing.use(found.tracing)
    yield found
    tracing.stop()


def ids(one: ReadableSpan) -> SpanContext:
    found = one.get_span_context()
    assert found is not None
    return found


def parents(spans: list[ReadableSpan]) -> dict[str, str | None]:
    """The name of each span's parent within its trace."""
    names = {ids(one).span_id: one.name for one in spans}
    return {one.name: one.parent and names[one.parent.span_id] for one in spans}


async def test_one_event_is_followed_from_the_gateway_to_the_commit_to_the_fold(
    database: Database, spans: Spans
) -> None:
    writer = LakeWriter(database, around=_batch)
    async with capturing(database, writer) as (capture, wire):
        wire.send("MESSAGE_CREATE", p.message())
        await capture.drain()
    writer.close()
    worker.run_once(database, around=_page)
    told = spans.of(tracing.trace_of(p.GUILD, f"{p.MESSAGE}:message_create"))
    assert parents(told) == {"capture": None, "commit": "capture", "fold": "capture"}
    by_name = {one.name: one for one in told}
    assert all(one.attributes == by_name["capture"].attributes for one in told[:2])
    assert by_name["capture"].attributes == {"guild": p.GUILD, "type": "message_create"}
    position = (by_name["fold"].attributes or {})["position"]
    assert isinstance(position, int) and position > 0
    wholes = {ids(one).span_id: one for one in spans.all() if one.parent is None}
    for name in ("commit", "fold"):
        (link,) = by_name[name].links
        whole = wholes[link.context.span_id]
        assert whole.name == name and (whole.attributes or {})["events"] == len(
            {one.parent.span_id for one in spans.all() if one.name == name and one.parent}
        )


async def test_a_command_is_followed_from_the_click_to_the_reply_and_to_its_facts(
    database: Database, spans: Spans
) -> None:
    async with world(database) as w:
        shown = await w.alice.slash(w.channel, "daily")
        assert shown is not None
    roots = [one for one in spans.all() if one.name == "interaction"]
    told = spans.of(f"{ids(roots[0]).trace_id:032x}")
    assert parents(told)["handle"] == parents(told)["reply"] == "interaction"
    decided = [one for one in spans.all() if one.name == "decide"]
    handle = next(one for one in told if one.name == "handle")
    assert decided and {one.links[0].context.span_id for one in decided} == {ids(handle).span_id}


async def test_the_trace_of_a_command_is_that_of_its_interaction(spans: Spans) -> None:
    async def work(services: Services, call: Call) -> Reply:
        return Reply(note("here"))

    interaction = FakeInteraction()
    await run(interaction, work)
    trace = tracing.trace_of(interaction.guild_id, f"{interaction.id}:{InteractionUsed.event_type}")
    told = spans.of(trace)
    assert parents(told) == {"reply": "interaction", "interaction": None}
    assert told[-1].attributes == {"guild": 7, "kind": "slash", "name": "profile"}


def test_what_goes_wrong_is_named_and_not_quoted(spans: Spans) -> None:
    with (
        pytest.raises(DatabaseUnreachable),
        tracing.command(1, 2),
        tracing.span("part"),
        tracing.about("commit", [message(1)]),
    ):
        raise DatabaseUnreachable("the secret is hunter2")
    found = {one.name: one for one in spans.all()}
    assert found["part"].status.description == "DatabaseUnreachable"
    assert any((one.attributes or {}).get("failed") == "DatabaseUnreachable" for one in spans.all())
    assert not any("hunter2" in one.to_json() for one in spans.all())


@pytest.mark.parametrize("share", [0.25, 0.75])
def test_a_share_is_traced_and_all_agree_on_which(share: float) -> None:
    one, other = Spans(share).tracing, Spans(share).tracing
    events = [message(number) for number in range(1, 2001)]
    chosen = one.traced(events)
    assert chosen == other.traced(events)
    assert abs(len(chosen) / len(events) - share) < 0.05
    assert Spans(1).tracing.traced(events) == events


def test_without_traces_nothing_is_done_and_nothing_is_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "bot.otel", None)
    tracing.start(Settings(traces=0).traces)
    with tracing.command(1, 2), tracing.span("part"), tracing.about("commit") as told:
        told([message(1)])
    tracing.stop()
    with pytest.raises(tracing.TracingMissing, match=r"requirements-tracing\.lock"):
        tracing.start(0.5)


def test_traces_are_sent_to_a_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    def export(self: Any, batch: Any) -> SpanExportResult:
        sent.extend(batch)
        return SpanExportResult.SUCCESS

    monkeypatch.setattr("bot.otel.OTLPSpanExporter.export", export)
    tracing.start(1)
    event: MessageCreated = message(1)
    tracing.captured([event], 1)
    tracing.stop()
    assert [one.name for one in sent] == ["capture"]
    tracing.captured([event], 1)
    assert len(sent) == 1


async def test_the_traces_of_tasks_do_not_mix(spans: Spans) -> None:
    async def one(number: int) -> None:
        with tracing.command(1, number, number=number):
            await asyncio.sleep(0)
            with tracing.span("part"):
                await asyncio.sleep(0)

    await asyncio.gather(*(one(number) for number in range(1, 6)))
    for number in range(1, 6):
        told = spans.of(tracing.trace_of(1, f"{number}:{InteractionUsed.event_type}"))
        assert parents(told) == {"part": "interaction", "interaction": None}
        assert (told[-1].attributes or {})["number"] == number
