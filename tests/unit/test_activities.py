"""Activities: what they pay and cost, when they are refused, and that draws can be redone."""

from datetime import timedelta

import pytest

from events.activities import ACTIVITIES, RULES, Activity, ActivityDone
from events.decisions.activities import do_activity
from events.decisions.asked import Asked
from events.decisions.draws import between, draw
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.ledger import MAX_BALANCE
from tests.support.facts import GUILD, at

ANN = 2001
ASKED = Asked(GUILD, snowflake_at(at(30), 7), ANN, 3001)
EVERY = pytest.mark.parametrize("activity", ACTIVITIES.values(), ids=lambda a: a.id)


def do(activity: Activity, seed: int, *, percent: int = 100, balance: int = 1000) -> ActivityDone:
    return do_activity(ASKED, activity, seed=seed, percent=percent, balance=balance, ready_at=None)


def seed_that(activity: Activity, *, wins: bool) -> int:
    return next(s for s in range(1000) if (draw(s, 0, 100) < activity.chance) is wins)


@EVERY
def test_the_event_says_everything_that_decided(activity: Activity) -> None:
    for seed in range(200):
        fact = do(activity, seed)
        low, high = (
            (activity.low, activity.high) if fact.won else (activity.fine_low, activity.fine_high)
        )
        texts = activity.won if fact.won else activity.lost
        assert fact.won is (draw(fact.seed, 0, 100) < activity.chance)
        assert fact.drawn == fact.amount == between(fact.seed, 1, low, high)
        assert fact.telling == draw(fact.seed, 2, len(texts))
        assert (fact.percent, fact.cooldown, fact.rules) == (100, activity.cooldown, RULES)
        mine = sum(p.amount for p in fact.postings if p.account == f"wallet:{ANN}")
        assert mine == (fact.amount if fact.won else -fact.amount)
    assert fact.source_id == f"{ASKED.interaction_id}:activity"
    assert fact.ready_at == at(30) + timedelta(seconds=activity.cooldown)


@EVERY
def test_each_pays_about_a_coin_a_minute(activity: Activity) -> None:
    won = activity.chance * (activity.low + activity.high)
    lost = (100 - activity.chance) * (activity.fine_low + activity.fine_high)
    a_minute = (won - lost) / 200 / (activity.cooldown / 60)
    assert 0.9 <= a_minute <= 1.1


@EVERY
def test_every_line_of_the_table_can_be_told(activity: Activity) -> None:
    assert ACTIVITIES[activity.id] is activity
    assert all("{coins}" in text for text in activity.won)
    assert activity.chance == 100 or activity.lost
    assert all(("{coins}" in text) is (activity.fine_high > 0) for text in activity.lost)


def test_coins_come_from_the_mint_and_fines_go_to_the_sink() -> None:
    crime = ACTIVITIES["crime"]
    won, lost = (do(crime, seed_that(crime, wins=wins)) for wins in (True, False))
    assert [(p.account, p.amount) for p in won.postings] == [
        ("mint", -won.amount),
        (f"wallet:{ANN}", won.amount),
    ]
    assert [(p.account, p.amount) for p in lost.postings] == [
        (f"wallet:{ANN}", -lost.amount),
        ("sink", lost.amount),
    ]


def test_a_fine_takes_no_more_than_there_is() -> None:
    crime = ACTIVITIES["crime"]
    seed = seed_that(crime, wins=False)
    assert do(crime, seed, balance=5).amount == 5
    broke = do(crime, seed, balance=0)
    assert (broke.amount, broke.postings) == (0, [])
    assert broke.drawn == do(crime, seed).drawn >= crime.fine_low


def test_the_guild_decides_how_much_of_it_is_paid() -> None:
    work = ACTIVITIES["work"]
    full, half = do(work, 3), do(work, 3, percent=50)
    assert (half.drawn, half.amount, half.percent) == (full.drawn, full.amount // 2, 50)
    with pytest.raises(Refused, match="activity_percent"):
        do(work, 3, percent=0)


def test_the_cooldown_is_over_when_it_is_over() -> None:
    work = ACTIVITIES["work"]
    late = at(30) + timedelta(milliseconds=1)
    with pytest.raises(Refused, match=r"need a rest.*`/work` is open again <t:\d+:R>"):
        do_activity(ASKED, work, seed=1, percent=100, balance=0, ready_at=late)
    assert do_activity(ASKED, work, seed=1, percent=100, balance=0, ready_at=at(30)).won


def test_a_full_wallet_takes_nothing_more() -> None:
    work = ACTIVITIES["work"]
    assert do(work, 1, balance=MAX_BALANCE - work.high).won
    with pytest.raises(Refused, match="Your wallet can hold"):
        do(work, 1, balance=MAX_BALANCE - work.high + 1)
