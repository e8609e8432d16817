"""What is to be told: found once, joined once, tried once, however many processes are at it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot import automation
from bot.effects import telling
from bot.effects.notices import Notices, sheet
from projections.engine import worker
from sql import checkpoints, lake, notices
from sql.pool import Database
from tests.support.facts import GUILD, START, at, message, setting

NOW = at(4000)
CHANNEL = 31


@pytest.fixture
def told(database: Database) -> Database:
    """A guild that is told of levels, and a member who has reached some."""
    with database.transaction(GUILD) as conn:
        lake.append(conn, [setting("level_up_channel", str(CHANNEL))])
        lake.append(conn, [message(n, seconds=n * 60) for n in range(1, 60)])
    automation.drain(database)
    worker.drain(database)
    return database


def waiting(database: Database) -> list[tuple[int, ...]]:
    with database.transaction(GUILD) as conn:
        return conn.execute(b"select position from notices order by position").fetchall()


def test_what_is_to_be_told_is_found_once(told: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: telling.take_in(told, NOW), range(4)))
    assert sum(found) == len(waiting(told)) == 4
    assert telling.take_in(told, NOW) == 0


def test_a_message_is_claimed_by_one_process(told: Database) -> None:
    telling.take_in(told, NOW)
    process = Notices(None, told, lambda: NOW)  # type: ignore[arg-type]
    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(lambda _: process._claim(GUILD, NOW)[0], range(4)))
    assert [len(message) for messages in claimed for message in messages] == [4]


def test_a_message_that_was_cut_short_is_the_same_one_later(told: Database) -> None:
    telling.take_in(told, NOW)
    later = NOW + timedelta(minutes=2)
    with told.transaction(GUILD) as conn:
        (first,) = notices.claim(conn, GUILD, NOW, minutes=0, limit=5)
        assert notices.claim(conn, GUILD, NOW, minutes=0, limit=5) == []
        (again,) = notices.claim(conn, GUILD, later, minutes=0, limit=5)
    assert [row["position"] for row in again] == [row["position"] for row in first]
    assert (first[0]["attempts"], again[0]["attempts"]) == (1, 2)
    with told.transaction(GUILD) as conn:
        notices.sent(conn, GUILD, first[0]["position"], later)
        assert notices.where_waiting(conn, later) == []
        assert notices.claim(conn, GUILD, later + timedelta(hours=2), minutes=0, limit=5) == []
    assert waiting(told) == []  # what was told a while ago is forgotten


def test_attempts_come_later_and_later(told: Database) -> None:
    telling.take_in(told, NOW)
    now, waits = NOW, []
    with told.transaction(GUILD) as conn:
        for attempt in range(1, notices.MOST_ATTEMPTS + 1):
            (found,) = notices.claim(conn, GUILD, now, minutes=0, limit=60)
            batch, last = found[0]["position"], attempt == notices.MOST_ATTEMPTS
            assert found[0]["attempts"] == attempt
            notices.failed(conn, GUILD, batch, "status 403, code 1", given_up=last)
            (trouble,) = notices.troubled(conn, GUILD)
            waits.append((trouble["retry_at"] - now).total_seconds())
            now = trouble["retry_at"]
        assert notices.claim(conn, GUILD, now, minutes=0, limit=60) == []
        notices.again(conn, GUILD, now)
        assert len(notices.claim(conn, GUILD, now, minutes=0, limit=60)) == 1
    assert waits == [5 * 2**n for n in range(notices.MOST_ATTEMPTS)]


def test_what_happened_long_ago_is_passed_over(told: Database) -> None:
    assert telling.take_in(told, START + timedelta(days=1)) == 0
    assert telling.take_in(told, NOW) == 0
    assert waiting(told) == []


def test_one_guild_in_trouble_does_not_silence_the_others(told: Database) -> None:
    other = 5
    with told.transaction(other) as conn:
        lake.append(conn, [setting("level_up_channel", str(CHANNEL), guild=other)])
        lake.append(conn, [message(n, seconds=n * 60, guild=other) for n in range(1, 60)])
    automation.drain(told)
    with told.transaction(other) as conn:
        checkpoints.stop(conn, other, "badges", 1, "a fold that failed")
    assert telling.take_in(told, NOW) == len(waiting(told)) == 4
    with told.transaction(other) as conn:
        checkpoints.resume(conn, "badges", other)
    assert telling.take_in(told, NOW) == 4


def test_a_digest_fits_whatever_it_tells() -> None:
    rows = [{"words": "x" * 300, "kind": "award", "user_id": n, "channel_id": 1} for n in range(40)]
    guild = SimpleNamespace(get_member=lambda user_id: None, name="A")
    for many in (1, 14, 15, 40):
        embed = sheet(guild, 7, rows[:many])  # type: ignore[arg-type]
        lines = (embed.description or "").splitlines()
        spelled = sum(line.startswith("x") for line in lines)
        assert len(embed.description or "") <= 4096
        assert lines[spelled:] == ([f"and {many - spelled} more"] if many > spelled else [])
        assert spelled == min(many, 13)
