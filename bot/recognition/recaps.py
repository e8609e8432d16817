"""A member's year or season in numbers, read from the tables that are folded from the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bot.economy import holdings
from bot.points import periods
from bot.recognition.achievements import templates
from bot.seasons import reading as seasons
from events.currency import Coin
from events.decisions import zones
from events.engine.errors import Refused
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import Row, fetch, fetch_one

READS: Final = [
    "accounts",
    "achievement_templates",
    "achievements",
    "badge_kinds",
    "badges",
    "preferences",
    "profiles",
    "recaps",
    "seasons",
]
FIRST_YEAR: Final = 2015
"""Discord is not older."""
MOST_BARS: Final = 31
WEEK: Final = 7
MONTHS: Final = "JFMAMJJASOND"


@dataclass(frozen=True, slots=True)
class Span:
    """What a recap is about: a year of the guild's calendar, or a ``season``. ``days`` are its
    first and its last, ``before`` is how the one before it is called."""

    title: str
    since: datetime
    until: datetime
    days: tuple[int, int]
    before: str
    season: int | None = None


@dataclass(frozen=True, slots=True)
class Recap:
    """What it came to. ``numbers`` are the sums, ``bars`` the XP of its months, weeks or days with
    what to write below each, ``best`` the day with most XP, ``places`` where the member stands by
    XP and stood in the one before."""

    span: Span
    numbers: Row
    levels: int
    bars: Sequence[tuple[str, int]]
    best: tuple[date, int] | None
    places: tuple[int | None, int | None]
    badges: Sequence[Row]
    achievements: Sequence[str]
    coin: Coin

    @property
    def empty(self) -> bool:
        """Whether nothing is known of the member in that time."""
        return not (any(self.numbers.values()) or self.badges or self.achievements or self.levels)


def span_of(
    conn: Connection, guild_id: int, now: datetime, year: int | None, season: int | None
) -> Span:
    """The time that is meant: this year if nothing is said. Raises Refused."""
    if season is not None:
        if year is not None:
            raise Refused("A year or a season: leave one of them out.")
        return _season(conn, guild_id, season)
    rules = rules_now(conn, guild_id)
    this = periods.day(rules.seasons.day_of(now)).year
    year = this if year is None else year
    if year > this:
        raise Refused(f"{year} has not begun. Ask for {this} or a year before.")
    zone = seasons.calendar_of(rules).zone
    return Span(
        title=str(year),
        since=zones.midnight(date(year, 1, 1), zone),
        until=zones.midnight(date(year + 1, 1, 1), zone),
        days=_year(year),
        before=str(year - 1),
    )


def _year(year: int) -> tuple[int, int]:
    return periods.number(date(year, 1, 1)), periods.number(date(year, 12, 31))


def _season(conn: Connection, guild_id: int, number: int) -> Span:
    row = fetch_one(conn, "seasons", "season", guild=guild_id, number=number)
    if row is None:
        raise Refused(f"There is no season {number}. /season list shows those there are.")
    rules = rules_now(conn, guild_id)
    last = rules.seasons.day_of(row["ends_at"] - datetime.resolution)
    return Span(
        title=row["name"],
        since=row["starts_at"],
        until=row["ends_at"],
        days=(rules.seasons.day_of(row["starts_at"]), last),
        before=f"season {number - 1}",
        season=number,
    )


def load(conn: Connection, guild_id: int, user_id: int, span: Span) -> Recap:
    """What a member's time came to; reads READS."""
    where = {"guild": guild_id, "user": user_id}
    first, last = span.days
    if span.season is None:
        numbers = fetch_one(conn, "recaps", "of_days", **where, first=first, last=last)
    else:
        numbers = fetch_one(conn, "recaps", "of_season", **where, season=span.season)
    levels = fetch_one(conn, "recaps", "levels", **where, since=span.since, until=span.until)
    assert numbers is not None and levels is not None  # sums always have a row
    days = fetch(conn, "recaps", "xp_by_day", **where, first=first, last=last)
    best = max(days, key=lambda row: (row["xp"], -row["day"]), default=None)
    owned = fetch(conn, "badges", "of_member", **where)
    return Recap(
        span=span,
        numbers=numbers,
        levels=levels["levels"],
        bars=bars(span, {row["day"]: row["xp"] for row in days}),
        best=(periods.day(best["day"]), best["xp"]) if best and best["xp"] > 0 else None,
        places=_places(conn, guild_id, user_id, span),
        badges=[row for row in owned if span.since <= row["earned_at"] < span.until],
        achievements=_achievements(conn, guild_id, user_id, span),
        coin=holdings.coin_of(conn, guild_id),
    )


def _places(
    conn: Connection, guild_id: int, user_id: int, span: Span
) -> tuple[int | None, int | None]:
    """The place in the span and in the one before it."""
    where = {"guild": guild_id, "user": user_id}

    def place(back: int) -> int | None:
        if span.season is None:
            first, last = _year(periods.day(span.days[0]).year - back)
            row = fetch_one(conn, "recaps", "place_in_days", **where, first=first, last=last)
        elif span.season > back:
            number = span.season - back
            row = fetch_one(conn, "recaps", "place_in_season", **where, season=number)
        else:
            return None
        return row["place"] if row else None

    return place(0), place(1)


def _achievements(conn: Connection, guild_id: int, user_id: int, span: Span) -> list[str]:
    """What was achieved in the span, by name, in the order in which it was."""
    known = {template.achievement: template.name for template in templates(conn, guild_id)}
    rows = fetch(conn, "achievements", "of_member", guild=guild_id, user=user_id)
    names: list[str] = [
        known.get(row["achievement"]) or row["achievement"]
        for row in rows
        if not row["revoked"] and span.since <= row["earned_at"] < span.until
    ]
    return list(dict.fromkeys(names))


def bars(span: Span, xp: dict[int, int]) -> list[tuple[str, int]]:
    """The XP of each month of a year; of a season that of each day, or of each week of a long
    one. What was taken back of a day can leave it below nothing, which is no bar."""
    first, last = span.days
    if span.season is None:
        months = [0] * len(MONTHS)
        for day, gained in xp.items():
            months[periods.day(day).month - 1] += gained
        return [(name, max(0, gained)) for name, gained in zip(MONTHS, months, strict=True)]
    step = 1
    while (last - first) // step >= MOST_BARS:
        step *= WEEK
    sums = [0] * ((last - first) // step + 1)
    for day, gained in xp.items():
        sums[(day - first) // step] += gained
    return [("", max(0, gained)) for gained in sums]
