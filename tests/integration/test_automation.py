"""Automations and the scheduler: what follows from events follows once, whoever looks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from bot import automation, schedule
from bot.due import seasons
from bot.handle import Fact
from events.economy import LevelReached
from events.engine.catalogue import decode
from events.engine.event import Event
from events.ledger import MAX_BALANCE
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import rebuild, verify
from sql import checkpoints, lake
from sql.pool import ALL_GUILDS, Database
from sql.reads import fetch
from tests.support.facts import GUILD, message
from tests.support.wealth import gift

MEMBER = 2001


def write(database: Database, *events: Event) -> None:
    with database.transaction(*{e.guild_id for e in events}) as conn:
        lake.append(conn, events)


def balances(database: Database) -> dict[int, int]:
    with database.transaction(GUILD) as conn:
        rows = fetch(conn, "accounts", "board", guild=GUILD, currency="coins", limit=9, offset=0)
        sums = fetch(conn, "accounts", "sums", guild=GUILD)
    assert all(row["sum"] == 0 for row in sums)
    return {row["user_id"]: row["number"] for row in rows}


def test_a_level_pays_once_and_brings_its_badge(database: Database) -> None:
    write(database, *(message(n, seconds=n * 60) for n in range(1, 11)))  # 150 XP: level 1
    assert automation.drain(database) == 2
    worker.drain(database)
    assert balances(database) == {MEMBER: 20}
    write(database, *(message(n, seconds=n * 60) for n in range(11, 20)))  # 285 XP: level 2
    automation.drain(database)
    worker.drain(database)
    assert balances(database) == {MEMBER: 20 + 40}
    with database.transaction(GUILD) as conn:
        badges = fetch(conn, "badges", "of_member", guild=GUILD, user=MEMBER)
    assert [row["badge"] for row in badges] == ["level-1"]


def test_levels_fill_a_wallet_to_its_ceiling_and_not_beyond(database: Database) -> None:
    """Two levels at once: the first has room for a part of it only, the second for nothing."""
    write(database, *(message(n, seconds=n * 60) for n in range(1, 20)))
    write(database, gift(GUILD, MEMBER, MAX_BALANCE - 15))
    automation.drain(database)
    worker.drain(database)
    assert balances(database) == {MEMBER: MAX_BALANCE}
    with database.transaction(GUILD) as conn:
        events = [decode(row) for row in lake.read(conn, GUILD, 0, 100)]
    levels = [e for e in events if isinstance(e, LevelReached)]
    assert [(e.level, e.reward, e.unpaid) for e in levels] == [(1, 15, 5), (2, 0, 40)]


def test_a_rebuild_pays_nobody_again(database: Database) -> None:
    write(database, *(message(n, seconds=n * 60) for n in range(1, 30)))
    automation.drain(database)
    worker.drain(database)
    before = balances(database)
    models = list(read_models().values())
    rebuild(database.dsn, models, processes=1)
    assert automation.drain(database) == 0
    worker.drain(database)
    assert balances(database) == before
    assert not verify(database.dsn, models, processes=1).differences


def test_automations_racing_pay_once(database: Database) -> None:
    write(database, *(message(n, seconds=n * 60) for n in range(1, 60)))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: automation.drain(database), range(4)))
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        rows = lake.read(conn, GUILD, 0, 1000)
    reached = [row.source_id for row in rows if row.event_type == "level_reached"]
    assert len(reached) == len(set(reached)) == 4
    assert balances(database) == {MEMBER: 20 * (1 + 2 + 3 + 4)}


def roll_over(database: Database, now: datetime) -> list[Fact]:
    return schedule.run_due(database, now, [seasons.DUE])


def test_a_season_opens_and_rolls_over_once_however_many_schedulers(database: Database) -> None:
    write(database, message(1))

    def at(year: int, month: int, day: int) -> datetime:
        return datetime(year, month, day, tzinfo=UTC)

    with ThreadPoolExecutor(4) as pool:
        rolled = list(pool.map(lambda _: roll_over(database, at(2026, 2, 10)), range(4)))
    assert sum(map(len, rolled)) == 1
    write(database, message(2, seconds=60))
    assert roll_over(database, at(2026, 3, 31)) == []
    over = roll_over(database, at(2026, 4, 1))
    assert [fact.event.event_type for fact in over] == [
        "season_end",
        "season_reward",
        "badge_earned",
        "season_start",
    ]
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        (newest,) = fetch(conn, "seasons", "newest", guild=GUILD)
    assert (newest["number"], newest["name"]) == (2, "April to June 2026")
    assert newest["ends_at"] == at(2026, 7, 1)


def test_nothing_is_left_behind_for_automations(database: Database) -> None:
    write(database, message(1), message(2, guild=5))
    automation.drain(database)
    with database.transaction(ALL_GUILDS) as conn:
        names = [a.name for a in automation.automations()]
        assert checkpoints.lagging(conn, names, 10) == []
