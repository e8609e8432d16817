"""Boards: who has most of what. Used by ``/leaderboard`` and by ``python -m bot board``."""

from dataclasses import dataclass
from typing import Final

from bot.points.periods import ALL_TIME, Period
from events.ledger import COINS
from sql.pool import Connection
from sql.reads import fetch

BOARDS: Final = {
    "xp": "XP",
    "stars": "Stars",
    "messages": "Messages",
    "voice": "Voice",
    "coins": "Coins",
}
"""Every board and its title; ``voice`` counts seconds in company."""


@dataclass(frozen=True, slots=True)
class Place:
    """One line of a board. Members with the same number share a rank."""

    rank: int
    user_id: int
    name: str | None
    level: int
    number: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a board; ``members`` is how many stand on it in all."""

    board: str
    places: list[Place]
    members: int


def read_models_of(board: str) -> list[str]:
    """The read models that a board is read from."""
    known = ["preferences", "profiles"]
    return ["accounts", *known] if board == "coins" else known


def page(
    conn: Connection,
    guild_id: int,
    board: str,
    *,
    limit: int,
    offset: int = 0,
    time: Period = ALL_TIME,
    currency: str = COINS,
) -> Page:
    """Lines ``offset`` to ``offset + limit`` of a board of some time; ``currency`` is what the
    board of coins counts. Raises KeyError for an unknown board."""
    if board not in BOARDS:
        raise KeyError(board)
    where = {"guild": guild_id, "limit": limit, "offset": offset}
    if board == "coins":
        rows = fetch(conn, "accounts", "board", **where, currency=currency)
    elif time.days is not None:
        first, last = time.days
        rows = fetch(conn, "profiles", "window_board", **where, board=board, first=first, last=last)
    else:
        rows = fetch(conn, "profiles", "board", **where, board=board, season=time.season)
    members = rows[0]["members"] if rows else 0
    return Page(board, [Place(**{k: r[k] for k in Place.__slots__}) for r in rows], members)
