"""A guild's seasons as decisions want them, read under its lock; and what a rollover would do."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, cast

from events.decisions import seasons as decisions
from events.decisions.asked import Asked
from events.decisions.season_plan import Calendar, Newest, Plan, Recurrence, Seasons, Terms
from events.decisions.seasons import Standing
from events.engine.event import Event
from events.ledger import COINS
from events.seasons import MOST_PLACES, Board, Place
from projections.engine.rules import Rules
from projections.engine.ruling import rules_now
from sql import lake
from sql.pool import Connection
from sql.reads import Row, fetch, fetch_one

READS: Final = ["accounts", "preferences", "profiles", "seasons"]
"""The read models that a rollover looks at."""
TOP_TEN: Final = 10


def state(conn: Connection, guild_id: int) -> Seasons:
    """Everything that decisions about seasons look at."""
    rules = rules_now(conn, guild_id)
    row = fetch_one(conn, "seasons", "newest", guild=guild_id)
    plans = fetch(conn, "seasons", "plans", guild=guild_id)
    return Seasons(
        newest=_newest(row) if row else None,
        recurrence=_recurrence(rules),
        calendar=calendar_of(rules),
        plans=tuple(Plan(**plan) for plan in plans),
        terms=terms_of(rules),
    )


def calendar_of(rules: Rules) -> Calendar:
    """By which clock the guild's days run, and when its weeks begin."""
    fact = rules.seasons.calendar
    return Calendar(fact.zone, fact.week_start, fact.revision) if fact else Calendar()


def terms_of(rules: Rules) -> Terms:
    """What the end of a season brings."""
    first = [rules.number(f"season_coins_{place}") for place in ("first", "second", "third")]
    rest = [rules.number("season_coins_top_ten")] * (TOP_TEN - len(first))
    return Terms(
        board=cast(Board, rules.text("season_board")),
        coins=(*first, *rest),
        badges=rules.number("season_badges"),
    )


def board_now(conn: Connection, guild_id: int) -> Board:
    """What the season that is running is ranked by."""
    return terms_of(rules_now(conn, guild_id)).board


def standing(conn: Connection, guild_id: int, number: int, board: Board) -> Standing:
    """The standing of a season as it is now. Whoever is on no board has no place in it: bots,
    members who left, and those who want to be hidden."""
    rows = fetch(
        conn,
        "profiles",
        "board",
        guild=guild_id,
        board=board,
        season=number,
        limit=MOST_PLACES,
        offset=0,
    )
    places = [Place(rank=r["rank"], user_id=r["user_id"], number=r["number"]) for r in rows]
    held = fetch(conn, "accounts", "held_by", guild=guild_id, owners=[p.user_id for p in places])
    balances = {row["account"]: row["balance"] for row in held if row["currency"] == COINS}
    return Standing(places, rows[0]["members"] if rows else 0, balances)


def roll(conn: Connection, guild_id: int, now: datetime) -> list[Event]:
    """The facts of the next rollover that is due, under the guild's lock."""
    return _roll(conn, guild_id, state(conn, guild_id), now)


def preview(conn: Connection, guild_id: int, now: datetime) -> Iterator[list[Event]]:
    """The facts of each rollover that is due at ``now``, one after the other; changes nothing.
    Coins are reckoned with the wallets as they are."""
    found = state(conn, guild_id)
    while facts := _roll(conn, guild_id, found, now):
        yield facts
        found = decisions.after(found, facts)


def end(conn: Connection, asked: Asked, number: int) -> list[Event]:
    """The facts by which an admin ends season ``number`` now. Raises Refused when it is not the
    one that is running."""
    found = state(conn, asked.guild_id)
    board = standing(conn, asked.guild_id, number, found.terms.board)
    position = lake.heads(conn).get(asked.guild_id, 0) + 1
    return decisions.end(asked, found, number, board, position=position)


def next_one(conn: Connection, guild_id: int, now: datetime) -> list[list[Event]]:
    """The facts of the rollover that comes after ``now``, as if all stayed as it is; none when no
    season is to begin or to end."""
    found = state(conn, guild_id)
    when = decisions.next_at(found, now)
    return [] if when is None else [_roll(conn, guild_id, found, when)]


def _roll(conn: Connection, guild_id: int, found: Seasons, now: datetime) -> list[Event]:
    if not decisions.is_due(found, now):
        return []
    running = found.running
    board = standing(conn, guild_id, running.number, found.terms.board) if running else Standing()
    position = lake.heads(conn).get(guild_id, 0) + 1
    return decisions.roll(guild_id, found, board, now, position=position)


def _newest(row: Row) -> Newest:
    return Newest(
        row["number"],
        row["name"],
        row["starts_at"],
        row["ends_at"],
        is_open=row["ended_at"] is None,
        revision=row["revision"],
    )


def _recurrence(rules: Rules) -> Recurrence:
    fact = rules.seasons.recurrence
    return Recurrence(fact.every, fact.days, fact.revision) if fact else Recurrence()
