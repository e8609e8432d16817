"""Badges on a real database: two at once, deep lines, and lines that should not be."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bot.handle import Call, handle
from bot.recognition import badge_desk, badges
from events.badges import BadgeRevoked
from events.decisions.asked import Asked
from events.decisions.badges import Award
from events.engine.catalogue import decode
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from projections.engine import worker
from sql import lake
from sql.pool import Database
from tests.support.awards import CHIEF, given_badge
from tests.support.facts import GUILD, at

ANN, BEN, CAT = 2001, 2002, 2003


def write(database: Database, *events: Event) -> None:
    with database.transaction(GUILD) as conn:
        lake.append(conn, events)
    worker.drain(database)


def line_of(database: Database, length: int) -> None:
    """A badge that went through so many hands: member 3001 had it first, as award 1."""
    write(
        database,
        *(
            given_badge(500 + n, "star", by=3000 + n - 1, to=3000 + n, parent=n - 1 or None)
            for n in range(1, length + 1)
        ),
    )


def click(database: Database, asked: Asked, press: int, *, everything: bool) -> Any:
    """Press number ``press`` of a button under the question ``asked``."""
    call = Call(Asked(GUILD, press, CHIEF, 3001), "button", "badgerevoke")
    try:
        return handle(
            database,
            call,
            reads=badges.READS,
            decide=lambda conn: badge_desk.decide(conn, asked, 1, everything=everything),
            show=lambda conn, facts: len(facts),
        ).shown
    except Refused as refused:
        return str(refused)


def revoked(database: Database) -> list[int]:
    with database.transaction(GUILD) as conn:
        rows = lake.read(conn, GUILD, 0, 1000)
    return [e.award for e in map(decode, rows) if isinstance(e, BadgeRevoked)]


def test_a_question_that_is_answered_twice_at_once_is_answered_once(database: Database) -> None:
    line_of(database, 5)
    asked = Asked(GUILD, snowflake_at(at(60), 1), CHIEF, 3001)
    with ThreadPoolExecutor(4) as pool:
        done = list(
            pool.map(
                lambda n: click(database, asked, snowflake_at(at(61), n), everything=True),
                range(4),
            )
        )
    assert done == [5, 5, 5, 5]
    assert revoked(database) == [1, 2, 3, 4, 5]


def test_two_admins_who_take_the_same_award_back(database: Database) -> None:
    line_of(database, 3)
    questions = [Asked(GUILD, snowflake_at(at(60), n), CHIEF, 3001) for n in (1, 2)]
    with ThreadPoolExecutor(2) as pool:
        done = list(
            pool.map(
                lambda q: click(database, q, q.interaction_id + 7, everything=False), questions
            )
        )
    assert sorted(map(str, done)) == [
        "1",
        "Somebody else has taken that back already. Nothing more was changed.",
    ]
    assert revoked(database) == [1]


def test_depth_and_descendants_of_a_long_line(database: Database) -> None:
    line_of(database, 300)
    with database.transaction(GUILD) as conn:
        rows = badges.lineage(conn, GUILD, "star", None)
        below = badges.below(conn, GUILD, Award(100, 3100, "star"))
        line = badges.ancestors(conn, GUILD, 300)
    assert [row["depth"] for row in rows] == list(range(300))
    assert [award.award for award in below] == list(range(101, 301))
    assert [row["award"] for row in line] == list(range(300, 0, -1))


def test_a_line_that_bites_its_own_tail_is_followed_once(database: Database) -> None:
    write(
        database,
        given_badge(501, "star", by=ANN, to=BEN, parent=3),
        given_badge(502, "star", by=BEN, to=CAT, parent=1),
        given_badge(503, "star", by=CAT, to=ANN, parent=2),
        given_badge(504, "star", by=ANN, to=ANN, parent=4),
        given_badge(505, "moon", by=ANN, to=BEN, parent=1),
    )
    with database.transaction(GUILD) as conn:
        assert [r["award"] for r in badges.lineage(conn, GUILD, "star", 1)] == [1, 2, 3]
        assert [r["award"] for r in badges.ancestors(conn, GUILD, 3)] == [3, 2, 1]
        assert [r["award"] for r in badges.lineage(conn, GUILD, "star", 4)] == [4]
        assert badges.lineage(conn, GUILD, "star", None) == []
