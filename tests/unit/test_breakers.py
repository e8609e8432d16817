"""A way that Discord keeps shut is knocked at less and less, and opens again with a reason."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.effects.breakers import OPENS_AT, ROLES, Gate, attempt, way_to
from bot.failures import Failure
from sql import breakers as kept_breakers
from sql.breakers import Breaker
from tests.support.facts import START

NO = Failure("refused", "status 403, code 50013", 50013)
SILENCE = Failure("unanswered", "no answer, status 502")
NEVER = Failure("impossible", "status 400, code 50035", 50035)


class Kept:
    """What the database would keep of one way."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.breaker: Breaker | None = None
        monkeypatch.setattr(kept_breakers, "keep", self._keep)
        monkeypatch.setattr(kept_breakers, "close", self._close)

    def gate(self, now: datetime, standing: str = "1", way: str = ROLES) -> Gate:
        return Gate(way, standing, self.breaker, now)

    def knock(self, now: datetime, failure: Failure | None, standing: str = "1") -> bool:
        """Try one act; whether it was let through."""
        gate = self.gate(now, standing)
        if entered := gate.enter():
            gate.note(failure)
        gate.save(None, 1, now, lambda: 0.0)  # type: ignore[arg-type]
        return entered

    def _keep(self, conn: Any, guild_id: int, breaker: Breaker, now: datetime) -> None:
        self.breaker = breaker

    def _close(self, conn: Any, guild_id: int, way: str) -> None:
        self.breaker = None


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    return Kept(monkeypatch)


def minutes(count: int) -> Iterator[datetime]:
    return (START + timedelta(minutes=n) for n in range(count))


def test_weeks_of_refusals_are_a_few_requests_a_day(kept: Kept) -> None:
    asked = [now for now in minutes(21 * 24 * 60) if kept.knock(now, NO)]
    first_day = [now for now in asked if now < START + timedelta(days=1)]
    assert len(first_day) == OPENS_AT + 4
    assert len(asked) - len(first_day) == 20
    assert kept.knock(START + timedelta(days=30), None)
    assert kept.breaker is None and kept.knock(START + timedelta(days=30), None)


def test_what_is_not_answered_is_tried_again_every_quarter_of_an_hour_at_last(kept: Kept) -> None:
    asked = [now for now in minutes(24 * 60) if kept.knock(now, SILENCE)]
    assert asked[-1] - asked[-2] == timedelta(minutes=15)
    assert len(asked) < 110


def test_a_change_of_what_we_may_do_is_worth_one_try(kept: Kept) -> None:
    for now in minutes(OPENS_AT):
        assert kept.knock(now, NO)
    later = START + timedelta(minutes=OPENS_AT)
    assert not kept.knock(later, NO)
    assert kept.knock(later, NO, standing="2")
    assert not kept.knock(later, NO, standing="2")
    assert kept.knock(later, None, standing="3")
    assert kept.breaker is None


def test_no_more_are_let_through_at_once_than_may_fail(kept: Kept) -> None:
    gate = kept.gate(START)
    assert [gate.enter() for _ in range(OPENS_AT + 1)] == [True] * OPENS_AT + [False]
    gate.note(None)
    assert gate.enter()
    for now in minutes(OPENS_AT):
        kept.knock(now, NO)
    half_open = kept.gate(START + timedelta(hours=1))
    assert [half_open.enter() for _ in range(2)] == [True, False]
    half_open.note(None)
    assert [half_open.enter() for _ in range(2)] == [True, True]


def test_an_act_that_is_impossible_says_nothing_of_the_way(kept: Kept) -> None:
    for now in minutes(OPENS_AT - 1):
        kept.knock(now, NO)
    kept.knock(START + timedelta(hours=1), NEVER)
    assert kept.breaker is None


def test_a_member_who_takes_no_messages_is_asked_once_before_a_pause(kept: Kept) -> None:
    closed = Failure("refused", "status 403, code 50007", 50007)
    assert [kept.knock(now, closed) for now in minutes(6)] == [True, *[False] * 4, True]


def response(status: int) -> Any:
    return SimpleNamespace(status=status, reason="")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (discord.Forbidden(response(403), {"code": 50013, "message": ""}), "refused"),
        (discord.NotFound(response(404), {"code": 10003, "message": ""}), "refused"),
        (discord.NotFound(response(404), {"code": 10007, "message": ""}), "impossible"),
        (discord.HTTPException(response(400), {"code": 50035, "message": ""}), "impossible"),
        (discord.HTTPException(response(401), {"code": 0, "message": ""}), "unanswered"),
        (discord.HTTPException(response(429), "shut out"), "unanswered"),
        (discord.DiscordServerError(response(503), ""), "unanswered"),
        (discord.RateLimited(900.0), "unanswered"),
        (aiohttp.ServerDisconnectedError(), "unanswered"),
        (ConnectionResetError(), "unanswered"),
        (TimeoutError(), "unanswered"),
        (None, None),
    ],
)
async def test_each_answer_has_its_kind(
    kept: Kept, error: Exception | None, kind: str | None
) -> None:
    async def act() -> None:
        if error is not None:
            raise error

    failure = await attempt(kept.gate(START), act)
    assert (failure and failure.kind) == kind


async def test_our_own_mistake_is_not_discords(kept: Kept) -> None:
    async def act() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await attempt(kept.gate(START), act)


def test_ways_are_told_apart() -> None:
    assert {way_to(7, 8), way_to(None, 8), way_to(8, None)} == {"channel:7", "dm:8", "channel:8"}
