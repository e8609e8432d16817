"""Seasons on a real database: what is late, what was missed, who races, where a process dies."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from events.engine.catalogue import decode
from events.engine.event import Event
from events.seasons import SeasonEnded, SeasonRewarded, SeasonStarted
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import checkpoints, lake
from sql.errors import DatabaseUnreachable
from sql.pool import Database
from sql.reads import fetch
from tests.simulation.deaths import DEATH, LATEST, UNHEARD, Death, Mortal
from tests.support.facts import GUILD, START, message
from tests.support.rolling import roll_over, season_messages, seasons_of, utc, write

ANN, BEN = 2001, 2002


def facts(database: Database) -> list[Event]:
    with database.transaction(GUILD) as conn:
        return [decode(row) for row in lake.read(conn, GUILD, 0, 10_000)]


def ended(database: Database) -> list[SeasonEnded]:
    return [fact for fact in facts(database) if isinstance(fact, SeasonEnded)]


def xp(database: Database, season: int) -> dict[int, int]:
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        rows = fetch(
            conn, "profiles", "board", guild=GUILD, board="xp", season=season, limit=9, offset=0
        )
    return {row["user_id"]: row["number"] for row in rows}


def opened(database: Database) -> None:
    """The season from January to March 2026 is running."""
    write(database, message(1))
    roll_over(database, utc(2026, 1, 6))


def written(number: int, *when: int) -> Event:
    return message(number, user=ANN, seconds=(utc(*when) - START).total_seconds())


def test_what_is_told_after_the_end_counts_for_no_closed_season(database: Database) -> None:
    opened(database)
    write(database, written(501, 2026, 3, 31, 23, 59))
    roll_over(database, utc(2026, 4, 1))
    write(database, written(502, 2026, 3, 31, 23, 30), written(503, 2026, 4, 1))
    assert xp(database, 1) == {ANN: 15}
    assert xp(database, 2) == {ANN: 15}
    assert xp(database, 0) == {ANN: 60}  # with the message before the first season
    (closed,) = ended(database)
    assert [place.number for place in closed.standing] == [15]
    assert verify(database.dsn, [named("profiles")], processes=1).differences == []


def test_missed_rollovers_are_made_up_for_with_the_standing_each_should_have(
    database: Database,
) -> None:
    """Nobody looked for a year, but the members' messages were captured all the time."""
    opened(database)
    for month in range(2, 13):
        write(database, written(500 + month, 2026, month, 10))
    roll_over(database, utc(2026, 12, 20))
    assert [(row["number"], row["starts_at"], row["ends_at"]) for row in seasons_of(database)] == [
        (1, utc(2026, 1, 1), utc(2026, 4, 1)),
        (2, utc(2026, 4, 1), utc(2026, 7, 1)),
        (3, utc(2026, 7, 1), utc(2026, 10, 1)),
        (4, utc(2026, 10, 1), utc(2027, 1, 1)),
    ]
    numbers = [[place.number for place in closed.standing] for closed in ended(database)]
    assert numbers == [[30], [45], [45]]
    assert xp(database, 4) == {ANN: 45}


def test_a_clock_that_is_set_back_opens_nothing_twice(database: Database) -> None:
    opened(database)
    roll_over(database, utc(2026, 4, 1))
    for now in (utc(2026, 3, 31), utc(2025, 1, 1), utc(2026, 4, 1), utc(2026, 6, 30)):
        assert roll_over(database, now) == []
    assert len(seasons_of(database)) == 2


def test_any_number_of_schedulers_closes_and_pays_once(database: Database) -> None:
    opened(database)
    write(database, *season_messages(ANN, BEN, first=1000, at=utc(2026, 2, 1)))
    with ThreadPoolExecutor(6) as pool:
        new = list(pool.map(lambda _: roll_over(database, utc(2027, 1, 5)), range(6)))
    kinds = [fact.event.event_type for some in new for fact in some]
    assert kinds.count("season_end") == kinds.count("season_start") == 4
    assert kinds.count("season_reward") == 1 and kinds.count("badge_earned") == 2


@pytest.mark.parametrize("moment", [*range(0, 40, 3), LATEST, UNHEARD])
def test_a_scheduler_that_dies_anywhere_leaves_nothing_half_done(
    database_url: str, moment: int
) -> None:
    database = Mortal(database_url)
    try:
        opened(database)
        write(database, *season_messages(ANN, BEN, first=1000, at=utc(2026, 2, 1)))
        worker.drain(database)

        def die() -> None:
            DEATH.set(Death(moment, for_good=True, spared=2))  # they look where, and fold
            with pytest.raises(DatabaseUnreachable):
                roll_over(database, utc(2026, 4, 1))

        copy_context().run(die)
        half = facts(database)
        closed = sum(isinstance(fact, SeasonEnded) for fact in half)
        assert closed == sum(isinstance(fact, SeasonRewarded) for fact in half)
        assert closed + 1 == sum(isinstance(fact, SeasonStarted) for fact in half)
        assert closed == (moment == UNHEARD)
        roll_over(database, utc(2026, 4, 1))
        kinds = [fact.event_type for fact in facts(database)]
        assert kinds.count("season_end") == kinds.count("season_reward") == 1
        assert kinds.count("season_start") == kinds.count("badge_earned") == 2
    finally:
        database.close()


def test_one_guild_whose_read_model_stands_still_keeps_no_other_waiting(
    database: Database,
) -> None:
    opened(database)
    write(database, message(2, guild=7))
    roll_over(database, utc(2026, 1, 6))
    with database.transaction(7) as conn:
        checkpoints.stop(conn, 7, "accounts", 1, "ValueError: odd")
    roll_over(database, utc(2026, 4, 1))
    assert [len(seasons_of(database, guild)) for guild in (GUILD, 7)] == [2, 1]
