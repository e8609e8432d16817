"""The simulated economy: the default settings pass its checks, and others do not."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.economy import settings_with
from bot.economy.model import checks
from bot.economy.model.checks import Report, largest_growth, quarters, report
from bot.economy.model.habits import HABITS, SPENDING, spending
from bot.economy.model.member import Books, Life, Member
from bot.economy.model.year import Supply, Year, simulate
from events.activities import ACTIVITIES
from events.decisions import loot


def years(
    *changed: str, seed: int = 1, members: int = 1_000, spends: Sequence[int] = (25,)
) -> tuple[dict[int, Year], Report]:
    numbers = settings_with(changed)
    found = {
        part: simulate(numbers, Random(seed), members=members, days=365, habits=spending(part))
        for part in spends
    }
    return found, report(numbers, found)


def failed(found: Report) -> list[str]:
    return [check.name for check in found.checks if not check.passed]


def test_the_default_settings_hold_whatever_part_members_spend() -> None:
    found = years(spends=SPENDING)[1]
    assert failed(found) == []
    assert [one.spends for one in found.growth] == [10, 25, 40]
    assert set(found.pay) == {*(f"/{name}" for name in ACTIVITIES), checks.TALKING}
    assert found.most_saved == 68_200


def test_growth_is_measured_as_the_economy_supply_command_measures_it() -> None:
    """Takings that stay in the till are in the supply, although members cannot spend them."""
    ((_, year),) = years("shop_keep_days=365", members=100)[0].items()
    grown = checks.grown(25, year)
    assert len(grown.quarters) == 4 and grown.quarters[-1] == year.weeks[-1]
    assert all(week.supply == week.held + week.kept for week in year.weeks)
    assert grown.supply == largest_growth([week.supply for week in year.weeks])
    assert "weekly growth of made less destroyed" in failed(
        years("shop_keep_days=365", members=100)[1]
    )


@pytest.mark.parametrize(
    "changed",
    [(), ("games_enabled=1", "interest_weekly=1", "tax_weekly=2", "decay_weekly=5")],
)
def test_no_coin_is_lost_or_made_beside_the_books(changed: tuple[str, ...]) -> None:
    year = simulate(settings_with(changed), Random(5), members=100, days=200)
    for week in year.weeks:
        assert week.held + week.kept == week.minted - week.burned == week.supply
    assert all(member.wallet >= 0 and member.bank >= 0 for member in year.members)
    assert bool(year.books.treasury) == bool(changed)
    again = simulate(settings_with(changed), Random(5), members=100, days=200)
    assert again.weeks == year.weeks


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        (("interest_weekly=10",), "weekly growth of what members hold"),
        (("interest_weekly=10",), "weekly growth of made less destroyed"),
        (("level_coins=250",), "best pay to worst"),
        (("activity_percent=10",), "best pay to worst"),
        (("activity_percent=0",), "best pay to worst"),
        (("level_coins=200",), "largest expected return"),
    ],
)
def test_settings_that_do_not_hold_are_found(changed: tuple[str, ...], check: str) -> None:
    assert check in failed(years(*changed, members=100)[1])


def test_members_who_never_spend_are_found() -> None:
    assert "weekly growth of what members hold" in failed(
        years("levy_weekly=0", members=100, spends=[0])[1]
    )


def test_a_crate_that_is_too_cheap_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loot, "PRICES", {**loot.PRICES, "silver": 600})
    returns = checks.expected_returns(settings_with([]))
    # 112.5 + 210 + 225 + 100 in coins
    assert returns["Crate: silver"] == Fraction(6475, 6000) > 1


def test_a_freeze_token_in_a_crate_counts_as_the_long_streak_it_saves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One in twenty, in a crate for 250, would be worth a multiple of its price."""
    monkeypatch.setattr(checks, "contents", lambda _: loot.table("95=coins*1,5=freeze-token*1"))
    returns = checks.expected_returns(settings_with([]))
    assert returns["Crate: wooden"] == Fraction(95 + 5 * 68_200, 100 * 250) > 13


def test_an_xp_boost_counts_as_the_levels_that_its_xp_can_bring() -> None:
    # 120 messages of 15 XP an hour, at level 4, which costs 244 XP and pays 4 x 20 coins; level 5
    # costs 305 and pays 100
    assert checks.boosted(settings_with([])) == 1_800 * max(Fraction(80, 244), Fraction(100, 305))


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


def test_a_streak_climbs_and_a_missed_day_ends_it(devoted: Member) -> None:
    life = Life(settings_with(["weekly_coins=0"]), Books(), Always())
    for day in range(7):
        life.day(devoted, day)
    assert devoted.wallet == 6 * 1_000 + 1_500
    life.day(devoted, 8)
    assert devoted.daily == 1


def test_a_bank_that_is_full_is_made_larger(devoted: Member) -> None:
    books = Books()
    devoted.habit = replace(devoted.habit, spends=0)
    devoted.wallet, devoted.bank = 8_000, 10_000
    life = Life(settings_with([]), books, Always())
    life.week(devoted)
    assert (devoted.wallet, devoted.bank, devoted.tier, books.burned) == (4_000, 10_000, 1, 4_000)
    life.levy(devoted)
    assert (devoted.wallet, devoted.bank, books.burned) == (3_800, 10_000, 4_200)


def test_the_shop_destroys_what_it_took_before_the_days_it_keeps_it_for() -> None:
    books = Books()
    for week, keep_days in enumerate((7, 8, 8, 0), start=1):
        books.takings[-1] += 10 * week
        books.close_week(keep_days)
        assert books.till + books.burned == 10 * sum(range(1, week + 1))
        assert books.till == {1: 10, 2: 30, 3: 50, 4: 0}[week]


def test_the_command_prints_tables_and_says_whether_it_holds() -> None:
    said = CliRunner().invoke(app, ["economy", "simulate"])
    assert said.exit_code == 0, said.output
    for words in (
        "members hold",
        "made less destroyed",
        "40 %",
        "68,200",
        "/crime",
        "Crate: golden",
        "The economy holds.",
    ):
        assert words in said.output
    asked = [
        "economy",
        "simulate",
        "--members",
        "100",
        "--spends",
        "25",
        "--set",
        "level_coins=500",
        "--json",
    ]
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
