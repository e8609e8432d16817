"""One thing used by many at once is used once: fifty at a time, on real PostgreSQL."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot import schedule
from bot.commands import use as command
from bot.commands.pet import as_pet
from bot.due import lent_roles
from bot.economy import things
from bot.handle import Call, Fact, act, handle
from events.currency import COIN
from events.decisions import effects, pets, using
from events.decisions.asked import Asked
from events.decisions.effects import Boost
from events.decisions.pets import Pet
from events.decisions.roles import Loan, Roles, lend, withdraw
from events.economy import CoinsAwarded
from events.effects import ItemUsed
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at, to_ms
from events.ledger import COINS, MINT, item, move, wallet
from events.shop import ItemGiven
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Connection, Database
from sql.reads import fetch
from tests.support.facts import GUILD, at

ANN, BEN, ADMIN = 2001, 2002, 2099
TASKS = 50


def give(database: Database, number: int, what: str, count: int) -> None:
    currency = what if what == COINS else item(what)
    event = CoinsAwarded(
        guild_id=GUILD,
        source_id=f"{number}:coin_award",
        user_id=ADMIN,
        target_id=ANN,
        occurred_at=at(0),
        amount=count,
        reason="for the test",
        postings=move(count, source=MINT, to=wallet(ANN), currency=currency),
    )
    with database.transaction(GUILD) as conn:
        lake.append(conn, [event])


def asked(interaction: int) -> Asked:
    return Asked(GUILD, snowflake_at(at(interaction), interaction), ANN, 3001)


def use(database: Database, interaction: int, item_id: str, *, seed: int) -> ItemUsed:
    by = asked(interaction)

    def decide(conn: Connection) -> Sequence[Event]:
        own = things.belongings(conn, GUILD, ANN)
        return using.use(by, effects.SHIPPED[item_id], own, seed=seed)

    def show(conn: Connection, facts: list[Fact]) -> None:
        """Nothing more."""

    call = Call(by, "slash", "use")
    done = handle(database, call, reads=["accounts", "boosts", "shop"], decide=decide, show=show)
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


HOURS = 3600


def with_pet(
    database: Database, interaction: int, user: int, do: Callable[[Asked, Pet], Event]
) -> Event | None:
    """Do something with a member's only pet; None when it is refused."""
    by = Asked(GUILD, snowflake_at(at(100 * HOURS), interaction), user, 3001)

    def decide(conn: Connection) -> list[Event]:
        rows = fetch(conn, "pets", "held", guild=GUILD, account=wallet(user))
        if not rows:
            raise Refused("no pet")
        return [do(by, as_pet(rows[0]))]

    def show(conn: Connection, facts: list[Fact]) -> None:
        """Nothing more."""

    call = Call(by, "slash", "pet")
    try:
        done = handle(database, call, reads=["accounts", "pets"], decide=decide, show=show)
    except Refused:
        return None
    return done.facts[0].event


def play(asked: Asked, pet: Pet) -> Event:
    return pets.play(asked, pet, wait_minutes=60)


def feed(asked: Asked, pet: Pet) -> Event:
    return pets.feed(asked, pet, cost=25, balance=10_000, coin=COIN)


def adopted(database: Database) -> str:
    """Ann adopts a fox; what it is in the ledger."""
    give(database, 1, "adopt-fox", 1)
    use(database, 7, "adopt-fox", seed=1)
    return pets.item_of("fox", snowflake_at(at(7), 7))


def test_fifty_meals_at_once_are_as_many_as_a_pet_eats(database: Database) -> None:
    adopted(database)
    give(database, 2, COINS, 100)
    with ThreadPoolExecutor(TASKS) as pool:
        tasks = [pool.submit(with_pet, database, 100 + n, ANN, feed) for n in range(TASKS)]
        meals = [meal for task in tasks if (meal := task.result())]
    assert len(meals) == 3  # 100, 60, 20: and then it is not hungry
    assert settled(database)["coins"] == 25


def test_fifty_games_at_once_are_one(database: Database) -> None:
    adopted(database)
    give(database, 2, COINS, 100)
    with_pet(database, 99, ANN, feed)
    with ThreadPoolExecutor(TASKS) as pool:
        tasks = [pool.submit(with_pet, database, 100 + n, ANN, play) for n in range(TASKS)]
        assert sum(task.result() is not None for task in tasks) == 1


def test_a_pet_belongs_to_whoever_has_it(database: Database) -> None:
    thing = adopted(database)
    with database.transaction(GUILD) as conn:
        lake.append(
            conn,
            [
                ItemGiven(
                    guild_id=GUILD,
                    source_id="20:item_given",
                    user_id=ANN,
                    target_id=BEN,
                    occurred_at=at(20),
                    item=thing,
                    quantity=1,
                    postings=move(1, source=wallet(ANN), to=wallet(BEN), currency=item(thing)),
                )
            ],
        )
    assert with_pet(database, 21, ANN, feed) is None
    assert with_pet(database, 22, BEN, lambda asked, pet: pets.rename(asked, pet, "Rusty"))
    worker.drain(database)
    assert not verify(database.dsn, [named("pets")], processes=1).differences


def test_fifty_schedulers_end_a_loan_once_and_fifty_bots_take_it_back_once(
    database: Database,
) -> None:
    loan = Loan(ANN, 61, to_ms(at(60)))
    with database.transaction(GUILD) as conn:
        lake.append(conn, [lend(asked(5), 61, 55, Roles(lendable=frozenset({61})))])
    worker.drain(database)

    def end(number: int) -> int:
        return len(schedule.run_in(database, GUILD, at(61 + number), lent_roles.DUE))

    def take(number: int) -> int:
        facts = act(
            database,
            GUILD,
            reads=["lent_roles"],
            decide=lambda conn: [withdraw(GUILD, loan, at(200 + number))],
        )
        return len(facts)

    with ThreadPoolExecutor(TASKS) as pool:
        assert sum(pool.map(end, range(TASKS))) == 1
        assert sum(pool.map(take, range(TASKS))) == 1
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        assert fetch(conn, "lent_roles", "of_member", guild=GUILD, user=ANN) == []
    assert not verify(database.dsn, [named("lent_roles")], processes=1).differences


def test_an_interaction_that_used_the_last_one_is_not_refused_when_it_comes_again(
    database: Database,
) -> None:
    give(database, 1, "xp-boost", 1)
    first = use(database, 7, "xp-boost", seed=1)
    with database.transaction(GUILD) as conn:
        _, thing, effect = command._look(conn, asked(7), "xp-boost")
        with pytest.raises(Refused, match="You have no XP boost"):
            command._look(conn, asked(8), "xp-boost")
    assert (thing.item_id, effect) == ("xp-boost", Boost("xp", 200, 3600))
    assert use(database, 7, "xp-boost", seed=2) == first
