"""Is a claim open, what does it pay, and does the streak go on? Decided under the stream's lock.

The calendar is in :mod:`events.decisions.calendar`. What a streak is worth is here:

* a day pays ``daily_coins``, times the :data:`LADDER` step that the streak has reached;
* a week pays ``weekly_coins``, times the streak multiplier;
* the **streak multiplier** is 1.00, and 0.05 more for each day of the daily streak after the first
  and 0.10 more for each week of the weekly streak after the first, at most 5.00.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from events.claims import FREEZE_TOKEN, DailyClaimed, WeeklyClaimed
from events.currency import COIN, Coin
from events.decisions.amounts import check_room
from events.decisions.asked import Asked
from events.decisions.calendar import Claim, Missed, Move, Outage, missed, opens_at
from events.decisions.zones import DAY, WEEK, Span
from events.engine.errors import Refused
from events.ledger import MINT, SINK, Posting, move, wallet

RULES: Final = 1
"""The version of everything in this module and in the calendar; raised with each change."""

NOTHING_MISSED: Final = Missed(0, 0)

LADDER: Final = ((30, 300), (14, 200), (7, 150), (0, 100))
"""From which day of the streak on the daily coins are multiplied by how many hundredths."""
DAYS_OF_WEEK: Final = 7
PER_DAY, PER_WEEK, MOST = 5, 10, 500
"""The streak multiplier's steps and its ceiling, in hundredths."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that decides a claim: the zone in force, the last claims with the moves made
    since each, the outages since the older of them, what the wallet holds, and what its
    coins are called."""

    zone: str
    daily: Claim | None = None
    weekly: Claim | None = None
    moves_since_daily: Sequence[Move] = ()
    moves_since_weekly: Sequence[Move] = ()
    outages: Sequence[Outage] = ()
    tokens: int = 0
    balance: int = 0
    coin: Coin = COIN


@dataclass(frozen=True, slots=True)
class Streak:
    """How long a streak is, and what of it hangs on freeze tokens; 0 is none, or a lost one."""

    length: int
    missed: Missed = NOTHING_MISSED
    frozen: int = 0


def multiplier(daily: int, weekly: int) -> int:
    """The streak multiplier, in hundredths, of streaks of so many days and weeks."""
    return min(MOST, 100 + PER_DAY * max(0, daily - 1) + PER_WEEK * max(0, weekly - 1))


def ladder(streak: int) -> int:
    """What the daily coins are multiplied by on this day of a streak, in hundredths."""
    return next(hundredths for days, hundredths in LADDER if streak >= days)


def most_saved(daily_coins: int, weekly_coins: int) -> int:
    """The most that a freeze token can be worth: what somebody with the longest streak that counts
    would lose with it, in daily and weekly coins, until a new one paid as much again. They claim
    each day and each week; their weekly streak is the shortest, because a long one brings the
    multiplier to its ceiling without the days."""
    longest = 1 + (MOST - 100) // PER_DAY
    lost = 0
    for day in range(1, longest + 1):
        lost += daily_coins * (ladder(longest + day) - ladder(day)) // 100
        week, of_week = divmod(day - 1, DAYS_OF_WEEK)
        if of_week == 0:
            times = multiplier(longest + day, 1 + week) - multiplier(day, 1 + week)
            lost += weekly_coins * times // 100
    return lost


def daily_streak(has: Standing, now: datetime) -> Streak:
    """The daily streak as it stands: whether the days missed until now are made up for by outages
    and by the freeze tokens in the wallet. All of them, or no token is spent."""
    if has.daily is None:
        return Streak(0)
    gone = missed(DAY, has.daily, has.moves_since_daily, has.outages, now)
    needed = gone.days - gone.forgiven
    return Streak(has.daily.streak, gone, needed) if needed <= has.tokens else Streak(0, gone)


def weekly_streak(has: Standing, now: datetime) -> Streak:
    """The weekly streak as it stands. Tokens are for days; a week has seven chances."""
    if has.weekly is None:
        return Streak(0)
    gone = missed(WEEK, has.weekly, has.moves_since_weekly, has.outages, now)
    return Streak(has.weekly.streak if gone.days == gone.forgiven else 0, gone)


def claim_daily(asked: Asked, has: Standing, base: int) -> DailyClaimed:
    """``asked.user_id`` takes the coins of the day; ``base`` is the guild's ``daily_coins``.

    Raises Refused when they are switched off, had already, or do not fit into the wallet.
    """
    day = _open(asked, DAY, has.daily, has.zone, base, "daily")
    before = daily_streak(has, asked.at)
    streak = before.length + 1
    amount = base * ladder(streak) // 100
    return DailyClaimed(
        **asked.envelope,
        source_id=f"{asked.user_id}:{DailyClaimed.event_type}:{day_number(day)}",
        day=day_number(day),
        zone=has.zone,
        streak=streak,
        previous_streak=has.daily.streak if has.daily else 0,
        missed=before.missed.days,
        forgiven=before.missed.forgiven,
        frozen=before.frozen,
        base=base,
        ladder=ladder(streak),
        amount=amount,
        multiplier=multiplier(streak, weekly_streak(has, asked.at).length),
        rules=RULES,
        postings=_paid(has, asked.user_id, amount) + _used_up(asked.user_id, before.frozen),
    )


def claim_weekly(asked: Asked, has: Standing, base: int) -> WeeklyClaimed:
    """``asked.user_id`` takes the coins of the week; ``base`` is the guild's ``weekly_coins``.

    Raises Refused as :func:`claim_daily` does.
    """
    week = _open(asked, WEEK, has.weekly, has.zone, base, "weekly")
    before = weekly_streak(has, asked.at)
    streak = before.length + 1
    times = multiplier(daily_streak(has, asked.at).length, streak)
    amount = base * times // 100
    return WeeklyClaimed(
        **asked.envelope,
        source_id=f"{asked.user_id}:{WeeklyClaimed.event_type}:{week_number(week)}",
        week=week_number(week),
        zone=has.zone,
        streak=streak,
        previous_streak=has.weekly.streak if has.weekly else 0,
        missed=before.missed.days,
        forgiven=before.missed.forgiven,
        base=base,
        multiplier=times,
        amount=amount,
        rules=RULES,
        postings=_paid(has, asked.user_id, amount),
    )


def day_number(day: date) -> int:
    """31 January 2026 as 20260131."""
    return day.year * 10000 + day.month * 100 + day.day


def week_number(day: date) -> int:
    """The ISO week of a day: 202605."""
    year, week, _ = day.isocalendar()
    return year * 100 + week


def day_of(number: int) -> date:
    """20260131 as a date."""
    return date(number // 10000, number // 100 % 100, number % 100)


def monday_of(number: int) -> date:
    """The first day of the ISO week 202605."""
    return date.fromisocalendar(number // 100, number % 100, 1)


def _open(asked: Asked, span: Span, last: Claim | None, zone: str, base: int, name: str) -> date:
    """The first day of the span that may be claimed now. Raises Refused when there is none."""
    if base == 0:
        raise Refused(
            f"This server pays no {name} coins. An admin can change that: "
            f"`/settings set key:{name}_coins`."
        )
    first = span.at(asked.at, zone)
    if last is not None:
        opens = opens_at(span, last, zone)
        if asked.at < opens or first <= last.first:
            raise Refused(
                f"You have had the coins of this {span.name} already. "
                f"Come back <t:{_whole_second(opens)}:R> (<t:{_whole_second(opens)}:f>)."
            )
    return first


def _whole_second(moment: datetime) -> int:
    """Unix seconds, rounded up: who comes then is not early."""
    return -int(-moment.timestamp() // 1)


def _paid(has: Standing, user_id: int, amount: int) -> list[Posting]:
    check_room(has.balance, amount, "Your wallet", has.coin)
    return move(amount, source=MINT, to=wallet(user_id))


def _used_up(user_id: int, tokens: int) -> list[Posting]:
    if not tokens:
        return []
    return move(tokens, source=wallet(user_id), to=SINK, currency=FREEZE_TOKEN)
