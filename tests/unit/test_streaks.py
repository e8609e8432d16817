"""What a claim pays, how a streak goes on or ends, and each refusal."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from events.claims import FREEZE_TOKEN
from events.decisions.asked import Asked
from events.decisions.calendar import Claim, Missed, Move, Outage
from events.decisions.streaks import (
    Standing,
    Streak,
    claim_daily,
    claim_weekly,
    daily_streak,
    day_number,
    day_of,
    ladder,
    monday_of,
    multiplier,
    week_number,
    weekly_streak,
)
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.ledger import COINS, MAX_BALANCE
from tests.support.facts import GUILD

ANN = 2001
NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)  # a Wednesday


def asked(at: datetime = NOON) -> Asked:
    return Asked(GUILD, snowflake_at(at, 7), ANN, 3001)


def days_ago(days: int, streak: int, zone: str = "UTC") -> Claim:
    at = NOON - timedelta(days=days)
    return Claim(at.date(), at, zone, streak)


def weeks_ago(weeks: int, streak: int) -> Claim:
    return replace(days_ago(7 * weeks, streak), first=date(2026, 6, 8) - timedelta(weeks=weeks))


def has(**facts: Any) -> Standing:
    return replace(Standing("UTC"), **facts)


def moved(event: Any) -> Counter[tuple[str, str]]:
    sums: Counter[tuple[str, str]] = Counter()
    for posting in event.postings:
        sums[posting.account, posting.currency] += posting.amount
    return sums


@pytest.mark.parametrize(
    ("streak", "times"),
    [(1, 100), (6, 100), (7, 150), (13, 150), (14, 200), (29, 200), (30, 300), (5000, 300)],
)
def test_the_ladder_of_daily_coins(streak: int, times: int) -> None:
    assert ladder(streak) == times
    fact = claim_daily(asked(), has(daily=days_ago(1, streak - 1)), 1000)
    assert (fact.streak, fact.base, fact.ladder, fact.amount) == (streak, 1000, times, times * 10)
    assert moved(fact) == {("mint", COINS): -times * 10, (f"wallet:{ANN}", COINS): times * 10}


@pytest.mark.parametrize(
    ("days", "weeks", "hundredths"),
    [(0, 0, 100), (1, 0, 100), (1, 1, 100), (2, 1, 105), (1, 2, 110), (30, 5, 285), (81, 0, 500),
     (80, 0, 495), (80, 3, 500), (9999, 9999, 500)],
)  # fmt: skip
def test_the_multiplier_goes_from_one_to_five(days: int, weeks: int, hundredths: int) -> None:
    assert multiplier(days, weeks) == hundredths


def test_the_first_claim_of_all() -> None:
    fact = claim_daily(asked(), has(zone="Pacific/Kiritimati"), 1000)
    assert (fact.source_id, fact.day, fact.zone) == (
        f"{ANN}:daily_claim:20260611",
        20260611,
        "Pacific/Kiritimati",
    )
    assert (fact.streak, fact.previous_streak, fact.missed, fact.multiplier) == (1, 0, 0, 100)
    assert (fact.user_id, fact.occurred_at) == (ANN, NOON)


def test_a_freeze_token_is_used_up_in_the_same_event_for_each_missed_day() -> None:
    fact = claim_daily(asked(), has(daily=days_ago(3, 13), tokens=5), 1000)
    assert (fact.missed, fact.forgiven, fact.frozen) == (2, 0, 2)
    assert (fact.streak, fact.previous_streak, fact.amount) == (14, 13, 2000)
    assert moved(fact) == {
        ("mint", COINS): -2000,
        (f"wallet:{ANN}", COINS): 2000,
        (f"wallet:{ANN}", FREEZE_TOKEN): -2,
        ("sink", FREEZE_TOKEN): 2,
    }


def test_too_few_tokens_are_kept_and_the_streak_begins_anew() -> None:
    fact = claim_daily(asked(), has(daily=days_ago(3, 13), tokens=1), 1000)
    assert (fact.missed, fact.frozen, fact.streak, fact.previous_streak) == (2, 0, 1, 13)
    assert fact.amount == 1000
    assert (f"wallet:{ANN}", FREEZE_TOKEN) not in moved(fact)


def test_a_day_on_which_the_bot_was_down_needs_no_token() -> None:
    down = Outage(NOON - timedelta(days=1), NOON - timedelta(hours=23))
    fact = claim_daily(asked(), has(daily=days_ago(3, 13), tokens=1, outages=[down]), 1000)
    assert (fact.missed, fact.forgiven, fact.frozen, fact.streak) == (2, 1, 1, 14)


def test_the_multiplier_counts_the_weekly_streak_as_long_as_it_stands() -> None:
    stands = has(daily=days_ago(1, 2), weekly=weeks_ago(1, 4))
    assert claim_daily(asked(), stands, 1000).multiplier == 100 + 10 + 30
    lost = has(daily=days_ago(1, 2), weekly=weeks_ago(2, 4))
    assert claim_daily(asked(), lost, 1000).multiplier == 100 + 10


def test_a_week_pays_by_the_multiplier() -> None:
    fact = claim_weekly(asked(), has(daily=days_ago(0, 11), weekly=weeks_ago(1, 4)), 5000)
    assert (fact.source_id, fact.week) == (f"{ANN}:weekly_claim:202624", 202624)
    assert (fact.streak, fact.multiplier, fact.amount) == (5, 100 + 50 + 40, 9500)
    assert moved(fact) == {("mint", COINS): -9500, (f"wallet:{ANN}", COINS): 9500}


def test_a_lost_daily_streak_pays_nothing_with_the_week() -> None:
    fact = claim_weekly(asked(), has(daily=days_ago(4, 50), weekly=weeks_ago(1, 1)), 5000)
    assert (fact.streak, fact.multiplier) == (2, 110)


def test_a_missed_week_ends_the_weekly_streak_and_uses_no_token() -> None:
    standing = has(weekly=weeks_ago(2, 9), tokens=5)
    fact = claim_weekly(asked(), standing, 5000)
    assert (fact.missed, fact.streak, fact.previous_streak, fact.amount) == (1, 1, 9, 5000)
    assert set(moved(fact)) == {("mint", COINS), (f"wallet:{ANN}", COINS)}
    down = Outage(NOON - timedelta(days=7), NOON - timedelta(days=6))
    forgiven = claim_weekly(asked(), replace(standing, outages=[down]), 5000)
    assert (forgiven.missed, forgiven.forgiven, forgiven.streak) == (1, 1, 10)


def test_how_streaks_stand_between_claims() -> None:
    assert daily_streak(has(), NOON) == weekly_streak(has(), NOON) == Streak(0)
    away = has(daily=days_ago(2, 8), weekly=weeks_ago(0, 3), tokens=1)
    assert daily_streak(away, NOON) == Streak(8, Missed(1, 0), 1)
    assert weekly_streak(away, NOON) == Streak(3)
    assert daily_streak(replace(away, tokens=0), NOON) == Streak(0, Missed(1, 0))


def test_a_move_is_taken_into_account() -> None:
    standing = has(
        zone="Europe/Berlin",
        daily=days_ago(1, 3),
        moves_since_daily=[Move("Europe/Berlin", NOON - timedelta(hours=3))],
    )
    fact = claim_daily(asked(), standing, 1000)
    assert (fact.zone, fact.streak, fact.missed) == ("Europe/Berlin", 4, 0)


@pytest.mark.parametrize("claim", [claim_daily, claim_weekly])
def test_who_has_claimed_is_told_when_to_come_back(claim: Any) -> None:
    standing = has(daily=days_ago(0, 3), weekly=weeks_ago(0, 3))
    opens = datetime(2026, 6, 11 if claim is claim_daily else 15, tzinfo=UTC)
    with pytest.raises(Refused, match=f"already.*<t:{int(opens.timestamp())}:R>"):
        claim(asked(), standing, 1000)
    with pytest.raises(Refused, match="already"):
        claim(asked(opens - timedelta(milliseconds=1)), standing, 1000)
    assert claim(asked(opens), standing, 1000).streak == 4


def test_a_moved_member_waits_twenty_hours() -> None:
    at = datetime(2026, 6, 10, 23, 59, tzinfo=UTC)
    standing = has(zone="Europe/Berlin", daily=Claim(at.date(), at, "UTC", 3))
    with pytest.raises(Refused, match="coins of this day already"):
        claim_daily(asked(at + timedelta(hours=20, seconds=-1)), standing, 1000)
    assert claim_daily(asked(at + timedelta(hours=20)), standing, 1000).day == 20260611


def test_a_date_that_comes_again_when_clocks_go_back_over_midnight_is_paid_once() -> None:
    """St. John's went from 00:01 back to 23:01 of the day before."""
    zone, at = "America/St_Johns", datetime(2010, 11, 7, 2, 0, tzinfo=UTC)
    standing = has(zone=zone, daily=Claim(date(2010, 11, 6), at, zone, 3))
    with pytest.raises(Refused, match="already"):
        claim_daily(asked(datetime(2010, 11, 7, 2, 45, tzinfo=UTC)), standing, 1000)


@pytest.mark.parametrize(("claim", "key"), [(claim_daily, "daily"), (claim_weekly, "weekly")])
def test_switched_off_says_how_to_switch_on(claim: Any, key: str) -> None:
    with pytest.raises(Refused, match=f"pays no {key} coins.*{key}_coins"):
        claim(asked(), has(), 0)


@pytest.mark.parametrize("claim", [claim_daily, claim_weekly])
def test_a_full_wallet_takes_nothing_more(claim: Any) -> None:
    assert claim(asked(), has(balance=MAX_BALANCE - 1000), 1000).amount == 1000
    with pytest.raises(Refused, match=r"Your wallet can hold .* room for 999 more"):
        claim(asked(), has(balance=MAX_BALANCE - 999), 1000)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2028, 2, 29), date(2027, 1, 3)])
def test_days_and_weeks_are_written_as_numbers_and_read_back(day: date) -> None:
    assert day_of(day_number(day)) == day
    assert monday_of(week_number(day)) == day - timedelta(days=day.weekday())
    assert week_number(date(2027, 1, 3)) == 202653
