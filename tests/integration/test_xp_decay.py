"""XP decay against real PostgreSQL: any number of schedulers, one run a week, all of it undone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot import schedule
from bot.due.xp_decay import DUE
from bot.points import xp_decay
from events.decisions.asked import Asked
from events.decisions.claims import CHUNK
from events.decisions.upkeep import week_start
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.points import PointsAwarded
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Database
from sql.reads import fetch
from tests.support.facts import GUILD, START, message, setting

MEMBERS = range(2001, 2001 + CHUNK + 5)
MONDAY = week_start(START + timedelta(days=50))
ADMIN = 2099


def fill(database: Database, *rules: tuple[str, int]) -> None:
    """Everybody writes once and is given XP; then nobody is seen any more."""
    with database.transaction(GUILD) as conn:
        lake.append(conn, [setting(key, value) for key, value in rules])
        lake.append(conn, [message(user, user=user) for user in MEMBERS])
        lake.append(
            conn,
            [
                PointsAwarded(
                    guild_id=GUILD,
                    source_id=f"{user}:point_award",
                    user_id=ADMIN,
                    target_id=user,
                    occurred_at=START,
                    xp=1000,
                    reason="test",
                )
                for user in MEMBERS
            ],
        )
    worker.drain(database)


def xp(database: Database) -> dict[int, int]:
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        rows = fetch(conn, "profiles", "idle", guild=GUILD, before=MONDAY, floor=-1)
    return {row["user_id"]: row["xp"] for row in rows}


def test_many_schedulers_run_it_once_a_week_for_everybody(database: Database) -> None:
    fill(database, ("xp_decay_weekly", 500))
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: schedule.run_in(database, GUILD, MONDAY, DUE), range(4)))
    assert sorted(map(len, runs)) == [0, 0, 0, 2]
    assert xp(database) == dict.fromkeys(MEMBERS, 1015 - 50)
    later = MONDAY + timedelta(days=6, hours=23)
    assert schedule.run_due(database, later, [DUE]) == []
    assert len(schedule.run_due(database, MONDAY + timedelta(days=7), [DUE])) == 2
    assert xp(database) == dict.fromkeys(MEMBERS, 965 - 48)
    assert verify(database.dsn, [named("profiles")], processes=1).differences == []


def test_a_run_is_undone_as_a_whole_and_once(database: Database) -> None:
    fill(database, ("xp_decay_weekly", 500))
    schedule.run_in(database, GUILD, MONDAY, DUE)
    with database.transaction(GUILD) as conn:
        (run,) = xp_decay.runs(conn, GUILD, MONDAY + timedelta(days=2))
        assert (run.taken, run.members, run.undone) == (50 * len(MEMBERS), len(MEMBERS), False)
        asked = Asked(GUILD, snowflake_at(MONDAY, 3), ADMIN, 3001)
        facts = xp_decay.undo(conn, asked, run.act, "a mistake")
        assert len(facts) == 2
        lake.append(conn, facts)
        assert xp_decay.undo(conn, asked, run.act, "again") == list(facts)
        with pytest.raises(Refused, match="undone once"):
            other = Asked(GUILD, snowflake_at(MONDAY, 4), ADMIN, 3001)
            xp_decay.undo(conn, other, run.act, "again")
        assert [one.undone for one in xp_decay.runs(conn, GUILD, MONDAY)] == [True]
    assert xp(database) == dict.fromkeys(MEMBERS, 1015)


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        ((), 1015),
        ((("xp_decay_weekly", 500), ("xp_decay_floor", 1000)), 1000),
        ((("xp_decay_weekly", 500), ("xp_decay_floor", 5000)), 1015),
        ((("xp_decay_weekly", 500), ("xp_decay_idle_days", 90)), 1015),
    ],
)
def test_what_does_not_fade(
    database: Database, rules: tuple[tuple[str, int], ...], left: int
) -> None:
    fill(database, *rules)
    schedule.run_due(database, MONDAY, [DUE])
    assert xp(database) == dict.fromkeys(MEMBERS, left)


def test_a_rate_waits_for_the_week_after_it_was_set(database: Database) -> None:
    with database.transaction(GUILD) as conn:
        seconds = (MONDAY - START).total_seconds() + 60
        lake.append(conn, [setting("xp_decay_weekly", 500, seconds=seconds)])
    worker.drain(database)
    assert schedule.run_due(database, MONDAY + timedelta(days=1), [DUE]) == []
    (fact,) = schedule.run_due(database, MONDAY + timedelta(days=7), [DUE])
    assert fact.event.source_id.endswith(":xp_decay:0")
