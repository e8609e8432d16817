"""Workers in any number, and a fold that fails."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from events.badges import BadgeEarned
from projections.engine import worker
from projections.engine.advance import ReadModelStopped, catch_up
from projections.engine.read_model import named, read_models
from projections.engine.rebuild import verify
from sql import checkpoints, lake
from sql.pool import ALL_GUILDS, Database
from sql.reads import fetch
from tests.support.facts import GUILD, at, message
from tests.support.histories import history

MODELS = list(read_models().values())


def badge(number: int, guild: int = GUILD) -> BadgeEarned:
    return BadgeEarned(
        guild_id=guild,
        source_id=f"61:badge_earned:b{number}",
        user_id=61,
        occurred_at=at(number),
        badge=f"b{number}",
        cause_position=1,
    )


def append(database: Database, *events: Any) -> None:
    with database.transaction(*{e.guild_id for e in events}) as conn:
        lake.append(conn, events)


def badges(database: Database, guild: int = GUILD) -> list[str]:
    with database.transaction(guild) as conn:
        return [r["badge"] for r in fetch(conn, "badges", "of_member", guild=guild, user=61)]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Badges whose fold raises; empty it to mend the fold."""
    bad = {"b3"}
    model = named("badges")
    fold = model.handles[BadgeEarned]

    def failing(event: BadgeEarned, to: Any) -> None:
        if event.badge in bad:
            raise ValueError(f"cannot fold {event.badge}")
        fold(event, to)

    monkeypatch.setitem(model._folds, BadgeEarned, failing)
    yield bad


def test_many_workers_fold_each_event_once(database: Database) -> None:
    for guild in range(1, 6):
        append(database, *history(guild, guild, 200))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: worker.drain(database), range(6)))
    worker.drain(database)
    assert verify(database.dsn, MODELS, processes=1).differences == []


def test_a_fold_that_fails_stops_its_guild_and_read_model_only(
    database: Database, broken: set[str]
) -> None:
    append(database, *(badge(n) for n in range(1, 6)), message(1))
    append(database, badge(1, guild=5), badge(2, guild=5))
    worker.drain(database)
    assert badges(database) == ["b1", "b2"]
    assert badges(database, guild=5) == ["b1", "b2"]
    with database.transaction(ALL_GUILDS) as conn:
        (letter,) = checkpoints.dead_letters(conn)
        places = {
            p.name: p for p in checkpoints.lag(conn, list(read_models())) if p.guild_id == GUILD
        }
    assert (letter.guild_id, letter.name, letter.position) == (GUILD, "badges", 3)
    assert letter.error == "ValueError: cannot fold b3"
    assert places["badges"].stopped and places["badges"].lag == 4
    assert places["profiles"].lag == places["event_counters"].lag == 0


def test_a_retry_goes_on_in_order_and_the_letter_goes_after_the_mend(
    database: Database, broken: set[str]
) -> None:
    append(database, *(badge(n) for n in range(1, 6)))
    worker.drain(database)
    with database.transaction(ALL_GUILDS) as conn:
        assert checkpoints.resume(conn, "badges") == [GUILD]
    worker.drain(database)
    with database.transaction(ALL_GUILDS) as conn:
        (letter,) = checkpoints.dead_letters(conn)
        assert letter.attempts == 2
        broken.clear()
        checkpoints.resume(conn, "badges", GUILD)
    worker.drain(database)
    assert badges(database) == ["b1", "b2", "b3", "b4", "b5"]
    with database.transaction(ALL_GUILDS) as conn:
        assert checkpoints.dead_letters(conn) == []


def test_a_command_does_not_decide_on_a_read_model_that_stands_still(
    database: Database, broken: set[str]
) -> None:
    append(database, badge(3))
    with database.transaction(GUILD) as conn:
        with pytest.raises(ReadModelStopped, match="badges stands at position 0"):
            catch_up(conn, GUILD, [named("badges")])
        catch_up(conn, GUILD, [named("profiles")])


def test_a_row_that_the_database_refuses_stops_the_read_model_too(database: Database) -> None:
    """A constraint is the last guard: money that would go below zero is not written."""
    from events.economy import CoinsAwarded, Posting

    overdrawn = CoinsAwarded(
        guild_id=GUILD,
        source_id="1:coin_award",
        user_id=60,
        target_id=61,
        occurred_at=at(0),
        amount=-5,
        reason="forged",
        postings=[Posting(account="wallet:61", amount=-5), Posting(account="sink", amount=5)],
    )
    append(database, overdrawn, message(1))
    worker.drain(database)
    with database.transaction(ALL_GUILDS) as conn:
        (letter,) = checkpoints.dead_letters(conn)
    assert letter.name == "accounts"
    assert "only_the_mint_owes" in letter.error
