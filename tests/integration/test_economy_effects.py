"""One thing used by many at once is used once: fifty at a time, on real PostgreSQL."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot import things
from bot.handle import Call, Fact, handle
from events.decisions import effects, using
from events.decisions.asked import Asked
from events.economy import CoinsAwarded
from events.effects import ItemUsed
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.ledger import MINT, item, move, wallet
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Connection, Database
from sql.reads import fetch
from tests.support.facts import GUILD, at

ANN, ADMIN = 2001, 2099
TASKS = 50


def give(database: Database, number: int, item_id: str, count: int) -> None:
    event = CoinsAwarded(
        guild_id=GUILD,
        source_id=f"{number}:coin_award",
        user_id=ADMIN,
        target_id=ANN,
        occurred_at=at(0),
        amount=count,
        reason="for the test",
        postings=move(count, source=MINT, to=wallet(ANN), currency=item(item_id)),
    )
    with database.transaction(GUILD) as conn:
        lake.append(conn, [event])


def use(database: Database, interaction: int, item_id: str, *, seed: int) -> ItemUsed:
    asked = Asked(GUILD, snowflake_at(at(interaction), interaction), ANN, 3001)

    def decide(conn: Connection) -> Sequence[Event]:
        own = things.belongings(conn, GUILD, ANN)
        return using.use(asked, effects.SHIPPED[item_id], own, seed=seed)

    def show(conn: Connection, facts: list[Fact]) -> None:
        """Nothing more."""

    call = Call(asked, "slash", "use")
    done = handle(database, call, reads=["accounts", "boosts"], decide=decide, show=show)
    event = done.facts[0].event
    assert isinstance(event, ItemUsed)
    return event


def settled(database: Database) -> dict[str, int]:
    """What Ann has in the end; nothing was made or lost, and a rebuild says the same."""
    worker.drain(database)
    assert not verify(database.dsn, [named("accounts")], processes=1).differences
    with database.transaction(GUILD) as conn:
        assert {row["sum"] for row in fetch(conn, "accounts", "sums", guild=GUILD)} == {0}
        return things.held(conn, GUILD, ANN)


def test_four_crates_opened_fifty_times_at_once_are_four(database: Database) -> None:
    give(database, 1, "wooden-crate", 4)

    def attempt(number: int) -> ItemUsed | None:
        try:
            return use(database, 100 + number, "wooden-crate", seed=number)
        except Refused as refused:
            assert "You have no Wooden crate" in str(refused)
            return None

    with ThreadPoolExecutor(TASKS) as pool:
        opened = [event for event in pool.map(attempt, range(TASKS)) if event]
    assert len(opened) == 4
    has = settled(database)
    assert "item:wooden-crate" not in has
    found = sum(p.amount for e in opened for p in e.postings[3:] if p.currency == "coins")
    assert has.get("coins", 0) == found


def test_one_interaction_delivered_fifty_times_opens_one_crate(database: Database) -> None:
    give(database, 1, "golden-crate", 5)
    with ThreadPoolExecutor(TASKS) as pool:
        opened = list(pool.map(lambda n: use(database, 7, "golden-crate", seed=n), range(TASKS)))
    assert all(event == opened[0] for event in opened)
    assert settled(database)["item:golden-crate"] == 4


def test_a_refused_use_takes_nothing(database: Database) -> None:
    give(database, 1, "freeze-token", 1)
    with pytest.raises(Refused, match="works by itself"):
        use(database, 7, "freeze-token", seed=1)
    assert settled(database) == {"item:freeze-token": 1}
