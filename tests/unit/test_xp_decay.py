"""XP decay and prestige: what fades, what is given back, who may begin again."""

import pytest

from events.decisions.asked import Asked
from events.decisions.claims import CHUNK
from events.decisions.prestige import take_prestige
from events.decisions.xp_decay import Idle, Terms, decay, loss, restore
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from tests.support.facts import GUILD, at

ANN, BEN, ADMIN = 2001, 2002, 2099
ASKED = Asked(GUILD, snowflake_at(at(30), 7), ADMIN, 3001)
FIVE = Terms(rate=500, idle_days=30, floor=100)


@pytest.mark.parametrize(
    ("xp", "terms", "lost"),
    [
        (1000, FIVE, 50),
        (1019, FIVE, 50),
        (103, FIVE, 3),  # 5.15, but only down to the floor
        (100, FIVE, 0),
        (-40, FIVE, 0),
        (19, Terms(500, 30, 0), 0),  # 0.95
        (7, Terms(5000, 30, 0), 3),
    ],
)
def test_a_share_fades_down_to_the_floor(xp: int, terms: Terms, lost: int) -> None:
    assert loss(xp, terms) == lost


def test_a_run_is_one_event_for_each_part_with_whom_and_how_much() -> None:
    idle = [Idle(ANN, 1000), Idle(2050, 90), Idle(BEN, 300)]
    (fact,) = decay(GUILD, at(0), idle, FIVE)
    assert (fact.source_id, fact.period, fact.user_id) == ("2026-W02:xp_decay:0", "2026-W02", None)
    assert [(share.user_id, share.xp) for share in fact.shares] == [(ANN, 50), (BEN, 15)]
    assert (fact.rate, fact.idle_days, fact.floor) == (500, 30, 100)
    assert fact.members() == (ANN, BEN)
    (empty,) = decay(GUILD, at(0), [], FIVE)
    assert empty.shares == []
    parts = decay(GUILD, at(0), [Idle(n, 1000) for n in range(1, CHUNK + 2)], FIVE)
    assert [(p.chunk, p.source_id, len(p.shares)) for p in parts] == [
        (0, "2026-W02:xp_decay:0", CHUNK),
        (1, "2026-W02:xp_decay:1", 1),
    ]


def test_undoing_gives_back_exactly_what_was_taken() -> None:
    run = decay(GUILD, at(0), [Idle(ANN, 1000), Idle(BEN, 300)], FIVE)
    (fact,) = restore(ASKED, run, "a mistake")
    assert (fact.source_id, fact.undoes) == ("2026-W02:xp_decay:0:undone", "2026-W02:xp_decay:0")
    assert (fact.shares, fact.user_id, fact.reason) == (run[0].shares, ADMIN, "a mistake")


def test_who_reached_the_level_may_begin_again_each_time_once() -> None:
    fact = take_prestige(ASKED, level=50, count=0, needed=50)
    assert (fact.source_id, fact.count, fact.level) == (f"{ADMIN}:prestige:1", 1, 50)
    assert take_prestige(ASKED, level=51, count=3, needed=50).source_id == f"{ADMIN}:prestige:4"


@pytest.mark.parametrize(
    ("level", "needed", "sentence"),
    [(49, 50, "begins at level 50 and you are at level 49"), (90, 0, "no prestige in this server")],
)
def test_who_may_not_begin_again(level: int, needed: int, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        take_prestige(ASKED, level=level, count=0, needed=needed)
