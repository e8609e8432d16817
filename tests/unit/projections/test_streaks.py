"""Streaks, zones, and activities as their read models keep them."""

from typing import Any

from events.activities import ActivityDone
from events.claims import DailyClaimed, WeeklyClaimed
from events.ledger import MINT, move, wallet
from events.preferences import TimezoneSet
from tests.support.facts import GUILD, at
from tests.support.given import given

ANN, BEN = 2001, 2002


def daily(user: int, day: int, streak: int, multiplier: int, **more: Any) -> DailyClaimed:
    return DailyClaimed(
        guild_id=GUILD,
        source_id=f"{user}:daily_claim:{day}",
        user_id=user,
        occurred_at=at(day % 100),
        day=day,
        zone=more.pop("zone", "Europe/Berlin"),
        streak=streak,
        previous_streak=0,
        missed=3,
        forgiven=1,
        frozen=more.pop("frozen", 0),
        base=1000,
        ladder=150,
        amount=1500,
        multiplier=multiplier,
        rules=1,
        postings=move(1500, source=MINT, to=wallet(user)),
    )


def weekly(user: int, week: int, streak: int, multiplier: int) -> WeeklyClaimed:
    return WeeklyClaimed(
        guild_id=GUILD,
        source_id=f"{user}:weekly_claim:{week}",
        user_id=user,
        occurred_at=at(week % 100),
        week=week,
        zone="Asia/Tokyo",
        streak=streak,
        previous_streak=0,
        missed=0,
        forgiven=0,
        base=5000,
        multiplier=multiplier,
        amount=50 * multiplier,
        rules=1,
        postings=move(50 * multiplier, source=MINT, to=wallet(user)),
    )


def test_the_streak_that_stands_the_longest_ever_and_the_multiplier() -> None:
    folded = given(
        "streaks",
        daily(ANN, 20260601, 8, 135),
        weekly(ANN, 202623, 5, 175),
        daily(BEN, 20260602, 1, 100),
        daily(ANN, 20260609, 1, 140, frozen=2, zone="UTC"),
        weekly(ANN, 202624, 6, 150),
        daily(ANN, 20260610, 2, 155, frozen=1, zone="UTC"),
    )
    folded.then(
        "streaks",
        "user_id multiplier daily daily_longest daily_claims daily_day daily_at daily_zone",
        (ANN, 155, 2, 8, 3, 20260610, at(10), "UTC"),
        (BEN, 100, 1, 1, 1, 20260602, at(2), "Europe/Berlin"),
    ).then(
        "streaks",
        "user_id weekly weekly_longest weekly_claims weekly_week weekly_at weekly_zone",
        (ANN, 6, 6, 2, 202624, at(24), "Asia/Tokyo"),
        (BEN, 0, 0, 0, None, None, None),
    ).then(
        "streaks",
        "user_id daily_position weekly_position tokens_used",
        (ANN, 6, 5, 3),
        (BEN, 3, 0, 0),
    )


def zone(number: int, user: int, name: str) -> TimezoneSet:
    return TimezoneSet(
        guild_id=GUILD,
        source_id=f"{number}:timezone_set",
        user_id=user,
        occurred_at=at(number),
        zone=name,
        previous="UTC",
    )


def test_the_newest_zone_is_in_force_and_each_change_is_kept() -> None:
    given(
        "preferences",
        zone(11, ANN, "Asia/Tokyo"),
        zone(12, BEN, "Europe/Paris"),
        zone(13, ANN, "Asia/Seoul"),
    ).then(
        "preferences",
        "user_id zone zone_since zone_changes position",
        (ANN, "Asia/Seoul", at(13), 2, 3),
        (BEN, "Europe/Paris", at(12), 1, 2),
    ).then(
        "zone_changes",
        "position line user_id zone since",
        (1, 1, ANN, "Asia/Tokyo", at(11)),
        (2, 1, BEN, "Europe/Paris", at(12)),
        (3, 1, ANN, "Asia/Seoul", at(13)),
    )


def activity(number: int, user: int, name: str, *, won: bool, amount: int) -> ActivityDone:
    return ActivityDone(
        guild_id=GUILD,
        source_id=f"{number}:activity",
        user_id=user,
        occurred_at=at(number),
        activity=name,
        seed=77,
        won=won,
        drawn=amount,
        percent=100,
        amount=amount,
        telling=0,
        cooldown=1000,
        rules=1,
        postings=[],
    )


def test_what_each_activity_brought_and_when_it_is_open_again() -> None:
    given(
        "activities",
        activity(11, ANN, "crime", won=True, amount=200),
        activity(12, ANN, "beg", won=False, amount=0),
        activity(13, BEN, "crime", won=True, amount=150),
        activity(14, ANN, "crime", won=False, amount=60),
        activity(15, ANN, "crime", won=True, amount=300),
    ).then(
        "activities",
        "user_id activity ready_at times successes earned lost",
        (ANN, "beg", at(1012), 1, 0, 0, 0),
        (ANN, "crime", at(1015), 3, 2, 500, 60),
        (BEN, "crime", at(1013), 1, 1, 150, 0),
    )
