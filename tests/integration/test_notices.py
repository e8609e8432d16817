"""What is to be told: found once, joined once, tried once, however many processes are at it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from bot import automation
from bot.backoff import pause
from bot.effects import telling
from bot.effects.notices import FIRST_WAIT, LONGEST_WAIT, NEWS, Notices, sheet
from projections.engine import worker
from sql import checkpoints, lake, notices
from sql.pool import Connection, Database
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


def guild() -> Any:
    """Discord's guild, of which nothing but its id is looked at."""
    return SimpleNamespace(id=GUILD, get_channel_or_thread=lambda channel_id: None, me=None)


def claim(conn: Connection, now: datetime, *, limit: int = 60) -> list[list[notices.Row]]:
    return notices.claim(
        conn,
        GUILD,
        now,
        minutes=0,
        limit=limit,
        lets=lambda channel, reader: True,
        wait=partial(pause, first=FIRST_WAIT, most=LONGEST_WAIT, dice=lambda: 0.0),
    )


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
        claimed = list(pool.map(lambda _: process._claim(guild(), NOW)[0], range(4)))
    assert [len(message) for messages in claimed for message in messages] == [4]


def test_a_message_that_was_cut_short_is_the_same_one_later(told: Database) -> None:
    telling.take_in(told, NOW)
    later = NOW + timedelta(minutes=2)
    with told.transaction(GUILD) as conn:
        (first,) = claim(conn, NOW, limit=5)
        assert claim(conn, NOW, limit=5) == []
        (again,) = claim(conn, later, limit=5)
    assert [row["position"] for row in again] == [row["position"] for row in first]
    assert (first[0]["attempts"], again[0]["attempts"]) == (0, 1)
    assert (first[0]["in_doubt_since"], again[0]["in_doubt_since"]) == (None, NOW)
    with told.transaction(GUILD) as conn:
        notices.sent(conn, GUILD, first[0]["position"], later)
        assert notices.where_waiting(conn, later) == []
        assert claim(conn, later + timedelta(hours=2), limit=5) == []
    assert waiting(told) == []  # what was told a while ago is forgotten


def test_attempts_come_later_and_later(told: Database) -> None:
    telling.take_in(told, NOW)
    now, waits = NOW, []
    with told.transaction(GUILD) as conn:
        for attempt in range(14):
            (found,) = claim(conn, now)
            batch, last = found[0]["position"], attempt == 13
            assert found[0]["attempts"] == attempt
            notices.failed(
                conn, GUILD, batch, "status 403, code 1", given_up=last, in_doubt_since=None
            )
            (trouble,) = notices.troubled(conn, GUILD)
            waits.append((trouble["retry_at"] - now).total_seconds())
            now = trouble["retry_at"]
        assert claim(conn, now) == []
        notices.again(conn, GUILD, now)
        assert len(claim(conn, now)) == 1
    assert waits == [min(5 * 2**n, 3600) for n in range(14)]


def test_what_has_waited_for_long_or_is_too_much_is_dropped(told: Database) -> None:
    telling.take_in(told, NOW)
    before = waiting(told)
    with told.transaction(GUILD) as conn:
        assert notices.drop(conn, GUILD, oldest=NOW - NEWS, most=len(before)) == (0, 0)
        assert notices.drop(conn, GUILD, oldest=NOW - NEWS, most=3) == (0, 1)
    assert waiting(told) == before[1:]
    with told.transaction(GUILD) as conn:
        later = NOW + timedelta(seconds=1)
        assert notices.drop(conn, GUILD, oldest=later, most=100) == (3, 0)
    assert waiting(told) == []


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
    place: Any = SimpleNamespace(get_member=lambda user_id: None, name="A")
    for many in (1, 14, 15, 40):
        embed = sheet(place, rows[:many])
        lines = (embed.description or "").splitlines()
        spelled = sum(line.startswith("x") for line in lines)
        assert len(embed.description or "") <= 4096
        assert lines[spelled:] == ([f"and {many - spelled} more"] if many > spelled else [])
        assert spelled == min(many, 13)
