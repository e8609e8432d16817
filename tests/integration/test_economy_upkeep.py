"""Interest, tax and decay: once a week however many schedulers, and only where switched on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot import schedule
from bot.due import decay, interest, levy, tax
from bot.handle import Fact
from events.economy import CoinsAwarded
from events.engine.event import Event
from events.ledger import COINS, MINT, bank, move, wallet
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Database
from sql.reads import fetch
from tests.support.facts import GUILD, at, message, setting

ANN, BEN = 2001, 2002
DAY = 86_400
MONDAY = at(-12 * 3600)
"""Midnight at the beginning of the week in which the tests' world starts."""


def write(database: Database, *events: Event) -> None:
    with database.transaction(GUILD) as conn:
        lake.append(conn, events)
    worker.drain(database)


def coins(number: int, account: str, amount: int) -> CoinsAwarded:
    return CoinsAwarded(
        guild_id=GUILD,
        source_id=f"{number}:coin_award",
        user_id=2099,
        occurred_at=at(-30 * DAY + number),
        amount=amount,
        reason="because",
        postings=move(amount, source=MINT, to=account),
    )


def run(database: Database, days: float) -> list[Fact]:
    """What the scheduler does so many days after Monday."""
    due = [decay.DUE, interest.DUE, tax.DUE]
    return schedule.run_due(database, MONDAY + timedelta(days=days), due)


def take_levy(database: Database, days: float) -> list[Fact]:
    """The same for the levy, which is on by itself."""
    return schedule.run_due(database, MONDAY + timedelta(days=days), [levy.DUE])


def held(database: Database) -> dict[str, int]:
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        rows = fetch(conn, "accounts", "held_by", guild=GUILD, owners=[0, ANN, BEN])
        assert {row["sum"] for row in fetch(conn, "accounts", "sums", guild=GUILD)} == {0}
    return {row["account"]: row["balance"] for row in rows if row["currency"] == COINS}


def test_nothing_happens_by_itself_unless_it_is_switched_on(database: Database) -> None:
    write(database, coins(1, bank(ANN), 1_000), coins(2, wallet(BEN), 50_000))
    assert run(database, 0.1) == run(database, 7.1) == []
    write(database, setting("interest_weekly", 0, seconds=-3 * DAY))
    assert run(database, 0.1) == []


def test_interest_is_paid_once_a_week_however_many_schedulers(database: Database) -> None:
    write(
        database,
        coins(1, bank(ANN), 1_000),
        coins(2, bank(BEN), 99),
        setting("interest_weekly", 100, seconds=-3 * DAY),
    )
    with ThreadPoolExecutor(8) as pool:
        done = [
            fact for facts in pool.map(lambda _: run(database, 0.1), range(8)) for fact in facts
        ]
    assert [fact.event.source_id for fact in done] == ["2026-W02:interest:0"]
    assert held(database) == {MINT: -1_109, bank(ANN): 1_010, bank(BEN): 99}
    assert run(database, 6.9) == []
    assert [fact.event.source_id for fact in run(database, 7)] == ["2026-W03:interest:0"]
    assert held(database)[bank(ANN)] == 1_020
    assert not verify(
        database.dsn, [named("accounts"), named("admin_log")], processes=1
    ).differences


def test_a_rate_counts_from_the_monday_after_it_was_set(database: Database) -> None:
    write(
        database,
        coins(1, wallet(ANN), 20_000),
        setting("tax_weekly", 1000, seconds=DAY),
    )
    assert run(database, 2) == run(database, 6.99) == []
    (fact,) = run(database, 9)
    assert fact.event.source_id == "2026-W03:tax:0"
    assert held(database) == {MINT: -20_000, wallet(ANN): 19_000, "treasury": 1_000}


def test_a_rate_of_nothing_ends_it(database: Database) -> None:
    write(
        database,
        coins(1, wallet(ANN), 20_000),
        setting("tax_weekly", 1000, seconds=-9 * DAY),
        setting("tax_weekly", None, revision=2, seconds=-8 * DAY),
    )
    assert run(database, 0) == []


def test_the_levy_is_on_by_itself_from_the_monday_after_the_first_coins(
    database: Database,
) -> None:
    early = coins(1, wallet(ANN), 20_000).model_copy(update={"occurred_at": at(DAY)})
    write(database, early)
    assert take_levy(database, 2) == take_levy(database, 6.9) == []
    assert [fact.event.source_id for fact in take_levy(database, 7)] == ["2026-W03:levy:0"]
    assert held(database) == {MINT: -20_000, wallet(ANN): 19_500, "sink": 500}
    assert take_levy(database, 7.1) == []


def test_the_levy_can_be_set_and_switched_off(database: Database) -> None:
    write(database, coins(1, wallet(ANN), 20_000), setting("levy_weekly", 100, seconds=DAY))
    assert take_levy(database, 2) == []
    assert len(take_levy(database, 7)) == 1
    assert held(database) == {MINT: -20_000, wallet(ANN): 19_900, "sink": 100}
    write(database, setting("levy_weekly", 0, revision=2, seconds=8 * DAY))
    assert take_levy(database, 14) == []
    write(database, setting("levy_weekly", None, revision=3, seconds=15 * DAY))
    assert take_levy(database, 20) == []
    assert len(take_levy(database, 21)) == 1


def test_only_wallets_of_members_who_were_long_away_decay(database: Database) -> None:
    write(
        database,
        message(1, user=ANN, seconds=-40 * DAY),
        message(2, user=BEN, seconds=-40 * DAY),
        coins(3, wallet(ANN), 1_000),
        coins(4, wallet(BEN), 1_000),
        message(5, user=BEN, seconds=-20 * DAY),
        setting("decay_weekly", 500, seconds=-9 * DAY),
    )
    (fact,) = run(database, 1)
    assert fact.event.source_id == "2026-W02:decay:0"
    assert held(database) == {MINT: -2_000, wallet(ANN): 950, wallet(BEN): 1_000, "sink": 50}


def test_all_three_can_fall_on_one_monday(database: Database) -> None:
    write(
        database,
        message(1, user=ANN, seconds=-40 * DAY),
        coins(2, wallet(ANN), 30_000),
        coins(3, bank(ANN), 1_000),
        *(
            setting(f"{kind}_weekly", 1000, seconds=-9 * DAY)
            for kind in ("decay", "interest", "tax")
        ),
    )
    assert len(run(database, 0)) == 3
    assert held(database) == {
        MINT: -31_100,
        wallet(ANN): 30_000 - 3_000 - 1_700,
        bank(ANN): 1_100,
        "sink": 3_000,
        "treasury": 1_700,
    }
