"""The one way to an answer: in time, in one shape, whatever the work comes to."""

import asyncio
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from prometheus_client import REGISTRY

from bot import look
from bot.answer import Reply, Services, answer
from bot.handle import Call
from events.engine.errors import Refused
from events.engine.event import Event
from sql.errors import ConnectionBroke, DatabaseUnreachable
from sql.lake import Result


class FakeInteraction:
    """Discord's side of one slash command: what was sent, in order."""

    def __init__(self, patience: float = 60) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.recorded: list[Any] = []
        writer = SimpleNamespace(offer=self.offer)
        self.client = SimpleNamespace(
            is_closed=lambda: False,
            services=Services(None, writer, patience=patience),  # type: ignore[arg-type]
        )
        self.response = self
        self.data = {"name": "profile", "type": 1, "options": []}
        self.type = discord.InteractionType.application_command
        self.command = None
        self.id, self.guild_id, self.channel_id = 2**40, 7, 9
        self.user = SimpleNamespace(id=8)

    def offer(self, event: Event) -> "Future[Result]":
        """Keep what is to be recorded, and lose it: the database is away."""
        self.recorded.append(event)
        future: Future[Result] = Future()
        future.set_exception(DatabaseUnreachable("away"))
        return future

    def is_done(self) -> bool:
        return bool(self.sent)

    async def send_message(self, **shown: Any) -> None:
        self.sent.append(("send", shown))

    async def defer(self, **shown: Any) -> None:
        self.sent.append(("defer", shown))

    async def edit_original_response(self, **shown: Any) -> None:
        self.sent.append(("edit", shown))


async def run(interaction: FakeInteraction, work: Any, *, private: bool = False) -> None:
    await answer(interaction, work, private=private)  # type: ignore[arg-type]


def _lost() -> float:
    return REGISTRY.get_sample_value("tallystick_lost_total", {"reason": "interaction"}) or 0


async def test_quick_work_is_answered_at_once_and_a_lost_record_is_counted() -> None:
    interaction, before = FakeInteraction(), _lost()

    async def work(services: Services, call: Call) -> Reply:
        return Reply(look.note("here"))

    await run(interaction, work)
    assert [kind for kind, _ in interaction.sent] == ["send"]
    assert interaction.recorded[0].outcome == "ok"
    assert _lost() == before + 1


@pytest.mark.parametrize("private", [True, False])
async def test_slow_work_is_deferred_within_discords_three_seconds(private: bool) -> None:
    interaction = FakeInteraction(patience=0.02)

    async def work(services: Services, call: Call) -> Reply:
        await asyncio.sleep(0.1)
        return Reply(look.note("late"))

    await run(interaction, work, private=private)
    assert interaction.sent[0] == ("defer", {"ephemeral": private, "thinking": True})
    assert interaction.sent[1][0] == "edit"
    assert interaction.sent[1][1]["embed"].description == "late"


@pytest.mark.parametrize(
    ("error", "words", "recorded"),
    [
        (Refused("not enough"), "not enough", []),
        (DatabaseUnreachable("secret host"), "Nothing was changed", []),
        (ConnectionBroke("secret host"), "Look whether it was done", []),
    ],
)
async def test_every_end_has_a_sentence_and_gives_nothing_away(
    error: Exception, words: str, recorded: list[str]
) -> None:
    interaction = FakeInteraction()

    async def work(services: Services, call: Call) -> Reply:
        raise error

    await run(interaction, work)
    ((kind, shown),) = interaction.sent
    assert kind == "send"
    assert shown["ephemeral"]
    assert words in shown["embed"].description
    assert "secret" not in shown["embed"].description
    assert [event.outcome for event in interaction.recorded] == recorded


@pytest.mark.parametrize(
    ("done", "words", "recorded"),
    [
        (False, "our mistake, and nothing was changed", ["error"]),
        (True, "It was done", []),
        (ConnectionBroke("secret host"), "Look whether it was done", []),
    ],
)
async def test_a_mistake_after_the_commit_does_not_say_that_nothing_was_changed(
    monkeypatch: pytest.MonkeyPatch, done: bool | Exception, words: str, recorded: list[str]
) -> None:
    interaction = FakeInteraction()

    def was_done(*_: Any) -> bool:
        if isinstance(done, Exception):
            raise done
        return done

    async def work(services: Services, call: Call) -> Reply:
        raise ValueError("a bug with a secret")

    monkeypatch.setattr("bot.answer.was_done", was_done)
    await run(interaction, work)
    ((_, shown),) = interaction.sent
    assert words in shown["embed"].description
    assert "secret" not in shown["embed"].description
    assert [event.outcome for event in interaction.recorded] == recorded
