"""What the numbers of dispatches tell: replays, and what Discord skipped."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from bot.gateway.seen import Ignored, Missed, ShardSeen
from bot.gateway.sessions import MOST_HELD, MOST_SKIPPED, Parsers, Sessions
from tests.unit.gateway import payloads as p


class Shard:
    """One shard of a client without a network, and a clock that is set by hand."""

    def __init__(self) -> None:
        self.wire = p.Wire()
        self.wire.ws.open = True
        self.now = p.START
        client: Any = self.wire
        self.sessions = Sessions(client, self._clock)

    def _clock(self) -> datetime:
        return self.now

    def ready(self, number: int = 1) -> Any:
        self.wire.ws.sequence = number
        return self.sessions.began({"guilds": [{"id": str(p.GUILD)}], "shard": [0, 1]})

    def hears(self, *numbers: int, captured: bool = True) -> list[bool]:
        """Dispatches with these numbers; whether each is a replay."""
        told = []
        for number in numbers:
            self.wire.ws.sequence = number
            self.sessions.look()
            told.append(captured and self.sessions.is_replay(p.GUILD))
        return told

    def missed(self) -> list[Any]:
        return list(self.sessions.overdue([p.GUILD]))

    def takes(self, *numbers: int) -> list[str]:
        """Captured dispatches with these numbers: what is taken after each, by their numbers."""
        taken = []
        for number in numbers:
            if self.hears(number) == [False]:
                steps = self.sessions.in_order(p.GUILD, (Ignored(str(number)),))
                taken.append(" ".join(step.reason for step in steps if isinstance(step, Ignored)))
        return taken


@pytest.fixture
def shard() -> Shard:
    one = Shard()
    one.ready()
    return one


def test_a_number_that_was_there_before_is_a_replay(shard: Shard) -> None:
    assert shard.hears(2, 3, 4) == [False] * 3
    assert shard.hears(3, 4, 4, 5, 5) == [True, True, True, False, True]
    shard.now = p.at(60)
    assert shard.missed() == []


def test_numbers_that_nobody_parses_leave_no_hole(shard: Shard) -> None:
    shard.hears(2, 3, captured=False)
    assert shard.hears(4) == [False]
    shard.now = p.at(60)
    assert shard.missed() == []


def test_what_comes_in_another_order_is_taken_once_and_nothing_was_missed(shard: Shard) -> None:
    assert shard.hears(4, 2, 3, 2) == [False, False, False, True]
    shard.now = p.at(60)
    assert shard.missed() == []


def test_a_number_that_never_comes_is_told_once_with_its_window(shard: Shard) -> None:
    shard.now = p.at(10)
    shard.hears(2)
    shard.now = p.at(20)
    shard.hears(4)
    assert shard.missed() == []  # it may come yet
    shard.now = p.at(22)
    assert shard.missed() == [Missed((p.GUILD,), p.at(10), p.at(20), "dispatch")]
    assert shard.missed() == []
    assert shard.hears(3) == [True]


def test_what_was_overtaken_is_taken_in_its_place(shard: Shard) -> None:
    assert shard.takes(2, 5, 4, 5, 3, 6) == ["2", "", "", "3 4 5", "6"]
    assert shard.takes(8) == [""]
    assert shard.sessions.seen()[0].seen_at == p.START  # nothing behind the hole is on disk
    shard.hears(7, captured=False)
    assert shard.missed() == [Ignored("8")]


def test_what_waited_for_what_never_comes_is_taken_after_the_gap(shard: Shard) -> None:
    assert shard.takes(3, 5) == ["", ""]
    assert shard.missed() == []
    shard.now = p.at(2)
    gap, *taken = shard.missed()
    assert isinstance(gap, Missed) and taken == [Ignored("3"), Ignored("5")]
    assert shard.takes(6) == ["6"]


def test_what_waits_when_we_stop_is_taken(shard: Shard) -> None:
    assert shard.takes(3) == [""]
    gap, taken = shard.sessions.overdue([p.GUILD], ended=True)
    assert isinstance(gap, Missed) and taken == Ignored("3")


def test_what_waits_takes_bounded_room(shard: Shard) -> None:
    taken = shard.takes(*range(3, 3 + MOST_HELD))
    assert taken[:-1] == [""] * (MOST_HELD - 1) and len(taken[-1].split()) == MOST_HELD


def test_a_huge_leap_takes_bounded_room(shard: Shard) -> None:
    shard.hears(10**9)
    (state,) = shard.sessions._shards.values()
    assert state.hole is not None and len(state.hole.numbers) == MOST_SKIPPED


def test_a_new_session_tells_until_when_the_last_one_was_heard(shard: Shard) -> None:
    shard.now = p.at(30)
    shard.hears(2)
    shard.now = p.at(90)
    shard.wire.ws.session_id = "s2"
    step = shard.ready()
    assert (step.lost_at, step.at, step.guilds) == (p.at(30), p.at(90), (p.GUILD, 0))
    assert (step.shard_id, step.shard_count) == (0, 1)
    assert shard.hears(2) == [False]


@pytest.mark.parametrize(("open_", "until"), [(True, 90), (False, 0)])
def test_a_shard_is_seen_until_now_while_its_connection_is_open(
    shard: Shard, open_: bool, until: float
) -> None:
    shard.wire.ws.open = open_
    shard.now = p.at(90)
    assert shard.sessions.seen() == (ShardSeen(0, 1, p.at(until)),)


def test_parsers_are_handed_out_behind_a_look() -> None:
    looks: list[str] = []

    def parser(data: Any) -> str:
        return f"parsed {data}"

    look: Callable[[], None] = lambda: looks.append("look")  # noqa: E731
    parsers = Parsers({"A": parser}, look)
    assert parsers["A"](1) == "parsed 1"
    with pytest.raises(KeyError):
        parsers["B"]
    assert looks == ["look", "look"]
