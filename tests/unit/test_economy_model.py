"""The simulated economy: the default settings pass its checks, and others do not."""

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.economy import settings_with
from bot.economy_model import checks
from bot.economy_model.checks import Report, largest_growth, quarters, report
from bot.economy_model.habits import HABITS, Habit
from bot.economy_model.member import Books, Life, Member
from bot.economy_model.year import Supply, Year, simulate
from events.activities import ACTIVITIES
from events.decisions import loot


def a_year(
    *changed: str, seed: int = 1, members: int = 1_000, habits: tuple[Habit, ...] = HABITS
) -> tuple[Year, Report]:
    numbers = settings_with(changed)
    year = simulate(numbers, Random(seed), members=members, days=365, habits=habits)
    return year, report(numbers, year)


def failed(found: Report) -> list[str]:
    return [check.name for check in found.checks if not check.passed]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_default_settings_hold(seed: int) -> None:
    year, found = a_year(seed=seed)
    assert failed(found) == []
    assert len(found.quarters) == 4 and found.quarters[-1] == year.weeks[-1]
    assert set(found.pay) == {*(f"/{name}" for name in ACTIVITIES), checks.TALKING}


@pytest.mark.parametrize(
    "changed",
    [(), ("games_enabled=1", "interest_weekly=1", "tax_weekly=2", "decay_weekly=5")],
)
def test_no_coin_is_lost_or_made_beside_the_books(changed: tuple[str, ...]) -> None:
    year = simulate(settings_with(changed), Random(5), members=100, days=200)
    for week in year.weeks:
        assert week.held + week.kept == week.minted - week.burned
    assert all(member.wallet >= 0 and member.bank >= 0 for member in year.members)
    assert bool(year.books.treasury) == bool(changed)
    again = simulate(settings_with(changed), Random(5), members=100, days=200)
    assert again.weeks == year.weeks


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        (("interest_weekly=10",), "largest weekly growth"),
        (("level_coins=250",), "best pay to worst"),
        (("activity_percent=10",), "best pay to worst"),
        (("activity_percent=0",), "best pay to worst"),
        (("daily_coins=10000",), "largest expected return"),
    ],
)
def test_settings_that_do_not_hold_are_found(changed: tuple[str, ...], check: str) -> None:
    assert check in failed(a_year(*changed, members=100)[1])


def test_members_who_never_spend_are_found() -> None:
    misers = tuple(replace(habit, spends=0) for habit in HABITS)
    assert "largest weekly growth" in failed(a_year(habits=misers, members=100)[1])


def test_a_crate_that_is_too_cheap_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loot, "PRICES", {**loot.PRICES, "silver": 700})
    returns = checks.expected_returns(settings_with([]))
    # 112.5 + 210 + 225 + 100 in coins, and 0.09 freeze tokens of 1,000
    assert returns["Crate: silver"] == Fraction(7375, 7000) > 1


def test_what_an_activity_pays_on_average() -> None:
    # 60 % of 250, less 40 % of 75, in two hours
    assert checks.expected_pay(ACTIVITIES["crime"]) == 120
    books = Books(talked=90, messages=120)
    pay = checks.pay_per_minute(settings_with(["activity_percent=50"]), books)
    assert pay["/crime"] == Fraction(1, 2)
    assert pay["talking"] == Fraction(3, 2)


def test_growth_is_that_of_the_worst_week_after_the_first_quarter() -> None:
    supply = [1, 100, *[1_000] * 11, 1_020, 1_071, 1_000]
    assert largest_growth(supply) == Fraction(5, 100)
    weeks = [Supply(number, 0, number, 0) for number in range(1, 31)]
    assert [end.held for end in quarters(weeks)] == [13, 26, 30]


class Always(Random):
    """Dice with which everything that may happen does."""

    def randrange(self, *bounds: int) -> int:  # type: ignore[override]
        return 0


@pytest.fixture
def devoted() -> Iterator[Member]:
    yield Member(replace(HABITS[2], jobs=0, messages=0))


def test_a_streak_climbs_and_a_missed_day_needs_a_token(devoted: Member) -> None:
    life = Life(settings_with(["weekly_coins=0"]), Books(), Always())
    for day in range(7):
        life.day(devoted, day)
    assert devoted.wallet == 6 * 1_000 + 1_500
    devoted.tokens = 1
    life.day(devoted, 8)
    assert (devoted.daily, devoted.tokens) == (8, 0)
    life.day(devoted, 10)
    assert devoted.daily == 1


def test_a_bank_that_is_full_is_made_larger(devoted: Member) -> None:
    books = Books()
    devoted.habit = replace(devoted.habit, spends=0)
    devoted.wallet, devoted.bank = 8_000, 10_000
    Life(settings_with([]), books, Always()).week(devoted)
    assert (devoted.wallet, devoted.bank, devoted.tier, books.burned) == (4_000, 10_000, 1, 4_000)


def test_the_command_prints_tables_and_says_whether_it_holds() -> None:
    said = CliRunner().invoke(app, ["economy", "simulate"])
    assert said.exit_code == 0, said.output
    for words in ("members hold", "/crime", "Crate: golden", "The economy holds."):
        assert words in said.output
    asked = ["economy", "simulate", "--members", "100", "--set", "level_coins=500", "--json"]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 1
    found = json.loads(told.stdout)
    assert not found["passed"] and found["pay"]["/work"] == 1.0


@pytest.mark.parametrize("wrong", ["coins=1", "daily_coins", "daily_coins=-1", "games_enabled=2"])
def test_a_setting_that_is_not_one_is_refused(wrong: str) -> None:
    said = CliRunner().invoke(app, ["economy", "simulate", "--set", wrong])
    assert said.exit_code == 2
    assert (
        "There is no setting" in said.stderr
        or "pick a number from" in said.stderr
        or "say on or off" in said.stderr
    )
