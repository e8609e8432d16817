"""Which time a board is about: ever, a season, or some of the guild's own days.

A period is written as one word, which buttons carry: ``ever``, ``season`` (the one that is
running), ``s3``, ``day``, ``week``, ``d20458x20464`` (days counted from 1970). What depends on
today is pinned to its days when a board is shown, so that turning a page after midnight goes on in
the same board.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.seasons import reading as seasons
from events.decisions.season_plan import week_of
from events.engine.errors import Refused
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import fetch_one

EVER: Final = "ever"
NAMED: Final = {
    EVER: "all time",
    "season": "this season",
    "day": "today",
    "week": "this week",
    "month": "this month",
    "lastday": "yesterday",
    "lastweek": "last week",
    "lastmonth": "last month",
}
"""The periods that have a name."""
LIFETIME: Final = 0
_EPOCH: Final = date(1970, 1, 1)
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """A time: a season (0 for ever), or days from the first to the last, both included."""

    word: str
    title: str
    season: int = LIFETIME
    days: tuple[int, int] | None = None


ALL_TIME: Final = Period(EVER, NAMED[EVER])


def period(conn: Connection, guild_id: int, word: str, now: datetime) -> Period:
    """The period that is meant by ``word``. Raises Refused for one that there is not."""
    if word == EVER:
        return ALL_TIME
    if word == "season":
        return running(conn, guild_id)
    if found := re.fullmatch(r"s(\d{1,9})", word, re.ASCII):
        return of_season(conn, guild_id, int(found[1]))
    if found := re.fullmatch(r"d(-?\d{1,6})x(-?\d{1,6})", word, re.ASCII):
        return of_days(int(found[1]), int(found[2]))
    if word not in NAMED:
        raise Refused(f"There is no such time. Ask for one of: {', '.join(NAMED.values())}.")
    rules = rules_now(conn, guild_id)
    today = day(rules.seasons.day_of(now))
    first, last = _named(word, today, seasons.calendar_of(rules).week_start)
    return of_days(number(first), number(last), title=NAMED[word])


def running(conn: Connection, guild_id: int) -> Period:
    """The season that is running. Raises Refused when there is none."""
    row = fetch_one(conn, "seasons", "newest", guild=guild_id)
    if row is None or row["ended_at"] is not None:
        raise Refused("No season is running in this server. Ask for all time.")
    return Period(f"s{row['number']}", row["name"], row["number"])


def of_season(conn: Connection, guild_id: int, season: int) -> Period:
    """A season by its number. Raises Refused when there is none."""
    row = fetch_one(conn, "seasons", "season", guild=guild_id, number=season)
    if row is None:
        raise Refused(f"There is no season {season}. /season list shows those there are.")
    return Period(f"s{season}", row["name"], season)


def of_days(first: int, last: int, *, title: str = "") -> Period:
    """Some days, the last one included. Raises Refused for none."""
    if last < first:
        raise Refused("The last day lies before the first. Swap them.")
    span = f"{_shown(first)}" if first == last else f"{_shown(first)} to {_shown(last)}"
    return Period(f"d{first}x{last}", f"{title} ({span})" if title else span, days=(first, last))


def between(
    conn: Connection, guild_id: int, since: str, until: str | None, now: datetime
) -> Period:
    """The days that somebody typed; up to today without ``until``. Raises Refused for no date."""
    today = rules_now(conn, guild_id).seasons.day_of(now)
    return of_days(number(typed(since)), today if until is None else number(typed(until)))


def typed(text: str) -> date:
    """A date as somebody writes it: 2026-07-31. Raises Refused for anything else."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text.strip(), re.ASCII)
    try:
        return date(*map(int, found.groups())) if found else _no_date(text)
    except ValueError:
        return _no_date(text)


def _no_date(text: str) -> date:
    raise Refused(f"`{text[:20]}` is no date. Write it as year, month and day, like 2026-07-31.")


def day(days: int) -> date:
    """The date of a day that is counted from 1970."""
    return date.fromordinal(max(1, min(days + _EPOCH.toordinal(), date.max.toordinal())))


def number(of: date) -> int:
    """The same the other way round."""
    return of.toordinal() - _EPOCH.toordinal()


def _named(word: str, today: date, week_start: int) -> tuple[date, date]:
    """The first and the last day of a period by name."""
    week, month = week_of(today, week_start), today.replace(day=1)
    before = month - _DAY
    return {
        "day": (today, today),
        "lastday": (today - _DAY, today - _DAY),
        "week": (week, week + 6 * _DAY),
        "lastweek": (week - _WEEK, week - _DAY),
        "month": (month, (month + 31 * _DAY).replace(day=1) - _DAY),
        "lastmonth": (before.replace(day=1), before),
    }[word]


def _shown(days: int) -> str:
    of = day(days)
    return f"{of.day} {of:%B %Y}"
