"""A season's end: who gets what for which place, what follows, and at what time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from events.badges import BadgeEarned
from events.decisions.asked import Asked
from events.decisions.season_plan import Newest, Plan, Recurrence, Seasons, Terms
from events.decisions.seasons import Standing, after, close, end, is_due, roll
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import from_ms, snowflake_at, to_ms
from events.ledger import MAX_BALANCE, MINT, wallet
from events.seasons import MOST_PLACES, Place, SeasonEnded, SeasonRewarded, SeasonStarted
from tests.support.facts import GUILD

ADMIN, ANN, BEN, CARA, DAN = 2099, 2001, 2002, 2003, 2004
JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))
TERMS = Terms(board="stars", coins=(300, 200, 100), badges=2)
RUNNING = Newest(6, "January 2026", JANUARY, FEBRUARY, is_open=True)
MONTHLY = Seasons(newest=RUNNING, recurrence=Recurrence("month"), terms=TERMS)
NEVER = replace(MONTHLY, recurrence=Recurrence("never"))
MILLISECOND = timedelta(milliseconds=1)


def place(rank: int, user_id: int, number: int) -> Place:
    return Place(rank=rank, user_id=user_id, number=number)


STANDING = Standing([place(1, BEN, 90), place(2, ANN, 70), place(2, CARA, 70), place(4, DAN, 3)], 9)


def types(facts: list[Event]) -> list[str]:
    return [fact.event_type for fact in facts]


def started(facts: list[Event]) -> SeasonStarted:
    (fact,) = [fact for fact in facts if isinstance(fact, SeasonStarted)]
    return fact


def test_the_end_holds_the_standing_pays_the_first_and_opens_what_follows() -> None:
    facts = roll(GUILD, MONTHLY, STANDING, FEBRUARY + timedelta(hours=3), position=41)
    ended, paid, *badges, opened = facts
    assert isinstance(ended, SeasonEnded) and isinstance(paid, SeasonRewarded)
    assert (ended.number, ended.name, ended.board, ended.ranked) == (6, "January 2026", "stars", 9)
    assert ended.standing == STANDING.places and ended.user_id is None
    assert (ended.starts_ms, ended.ends_ms) == (to_ms(JANUARY), to_ms(FEBRUARY))
    assert {p.account: p.amount for p in paid.postings} == {
        MINT: -700,
        wallet(BEN): 300,
        wallet(ANN): 200,
        wallet(CARA): 200,
    }
    earned = [fact for fact in badges if isinstance(fact, BadgeEarned)]
    assert [(fact.user_id, fact.badge, fact.cause_position) for fact in earned] == [
        (BEN, "season-6-place-1", 41),
        (ANN, "season-6-place-2", 41),
        (CARA, "season-6-place-2", 41),
    ]
    assert {fact.occurred_at for fact in facts} == {FEBRUARY}
    assert isinstance(opened, SeasonStarted)
    assert (opened.number, opened.name) == (7, "February 2026")
    assert (from_ms(opened.starts_ms), from_ms(opened.ends_ms)) == (FEBRUARY, MARCH)
    assert from_ms(opened.ahead[0]) == MARCH


def test_every_key_is_made_of_the_season() -> None:
    facts = roll(GUILD, MONTHLY, STANDING, FEBRUARY, position=41)
    assert [fact.source_id for fact in facts] == [
        "rule:season:6:end",
        "season:6:reward",
        "2002:badge_earned:season-6-place-1",
        "2001:badge_earned:season-6-place-2",
        "2003:badge_earned:season-6-place-2",
        "rule:season:7:start",
    ]


def test_nothing_is_due_a_millisecond_before() -> None:
    assert not is_due(MONTHLY, FEBRUARY - MILLISECOND)
    assert roll(GUILD, MONTHLY, STANDING, FEBRUARY - MILLISECOND, position=1) == []
    assert is_due(MONTHLY, FEBRUARY)


def test_missed_seasons_follow_in_order_each_at_its_time() -> None:
    seasons, now, spans = MONTHLY, datetime(2026, 5, 20, tzinfo=UTC), []
    while facts := roll(GUILD, seasons, Standing(), now, position=1):
        assert types(facts) == ["season_end", "season_start"]
        spans.append(started(facts))
        seasons = after(seasons, facts)
    assert [s.name for s in spans] == ["February 2026", "March 2026", "April 2026", "May 2026"]
    assert [s.number for s in spans] == [7, 8, 9, 10]
    assert all(s.occurred_at == from_ms(s.starts_ms) for s in spans)
    assert seasons.running is not None and seasons.running.number == 10


def test_where_seasons_do_not_recur_the_last_one_is_closed_and_no_other_opens() -> None:
    facts = roll(GUILD, NEVER, Standing(), MARCH, position=1)
    assert types(facts) == ["season_end"]
    closed = after(NEVER, facts)
    assert closed.running is None and not is_due(closed, MARCH + timedelta(days=999))


def test_a_plan_opens_at_its_time_and_is_used_up() -> None:
    cup = Plan(71, 1, "Cup", MARCH, MARCH + timedelta(days=9))
    closed = replace(NEVER, newest=replace(RUNNING, is_open=False), plans=(cup,))
    assert not is_due(closed, MARCH - MILLISECOND)
    facts = roll(GUILD, closed, Standing(), MARCH + timedelta(days=2), position=1)
    assert types(facts) == ["season_start"]
    opened = started(facts)
    assert (opened.plan_id, opened.name, from_ms(opened.starts_ms)) == (71, "Cup", MARCH)
    assert after(closed, facts).plans == ()


def test_the_first_season_of_a_guild_is_the_one_that_would_be_running() -> None:
    (opened,) = roll(GUILD, Seasons(), Standing(), datetime(2026, 2, 10, tzinfo=UTC), position=1)
    assert isinstance(opened, SeasonStarted)
    assert (opened.number, opened.name) == (1, "January to March 2026")
    never = Seasons(recurrence=Recurrence("never"))
    assert roll(GUILD, never, Standing(), FEBRUARY, position=1) == []
    cup = Plan(71, 1, "Cup", FEBRUARY, MARCH)
    first = roll(GUILD, replace(never, plans=(cup,)), Standing(), FEBRUARY, position=1)
    assert started(first).name == "Cup"


def test_nobody_is_paid_more_than_a_wallet_can_hold_and_an_empty_board_pays_nobody() -> None:
    full = replace(STANDING, balances={wallet(BEN): MAX_BALANCE - 299, wallet(ANN): 5})
    facts = close(GUILD, RUNNING, full, TERMS, FEBRUARY, position=1)
    (paid,) = [fact for fact in facts if isinstance(fact, SeasonRewarded)]
    assert [p.account for p in paid.postings] == [MINT, wallet(ANN), wallet(CARA)]
    assert types(close(GUILD, RUNNING, Standing(), TERMS, FEBRUARY, position=1)) == ["season_end"]
    unpaid = replace(TERMS, coins=(0, 0, 0), badges=0)
    assert types(close(GUILD, RUNNING, STANDING, unpaid, FEBRUARY, position=1)) == ["season_end"]


def test_the_closing_event_is_bounded() -> None:
    crowd = Standing([place(1, 5000 + n, 7) for n in range(400)], 400)
    ended, paid, *badges = close(GUILD, RUNNING, crowd, TERMS, FEBRUARY, position=1)
    assert isinstance(ended, SeasonEnded) and isinstance(paid, SeasonRewarded)
    assert (len(ended.standing), ended.ranked) == (MOST_PLACES, 400)
    assert len(paid.postings) == MOST_PLACES + 1 and len(badges) == MOST_PLACES


def test_an_admin_ends_a_season_now_and_the_next_one_runs_from_then_on() -> None:
    now = datetime(2026, 1, 20, 15, 30, tzinfo=UTC)
    asked = Asked(GUILD, snowflake_at(now), ADMIN, 3001)
    facts = end(asked, MONTHLY, 6, STANDING, position=1)
    ended, opened = facts[0], started(facts)
    assert isinstance(ended, SeasonEnded)
    assert (ended.user_id, from_ms(ended.ends_ms), opened.number) == (ADMIN, now, 7)
    assert (from_ms(opened.starts_ms), from_ms(opened.ends_ms)) == (now, FEBRUARY)
    assert opened.name == "20 January to 31 January 2026"
    with pytest.raises(Refused, match="over already"):
        end(asked, after(MONTHLY, facts), 6, Standing(), position=1)
    with pytest.raises(Refused, match="over already"):
        end(asked, Seasons(recurrence=Recurrence("never")), 6, Standing(), position=1)
