"""The default settings hold for a year of a server of 1,000, whoever the members are."""

from random import Random

import pytest

from bot.cli.economy import settings_with
from bot.economy.model.checks import report
from bot.economy.model.habits import SPENDING, spending
from bot.economy.model.year import simulate

SEEDS = range(1, 9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_default_settings_hold_for_other_members(seed: int) -> None:
    """They spend 10 to 40 per cent of all they have a week; and 5, which is asked of nobody."""
    numbers = settings_with([])
    years = {
        part: simulate(numbers, Random(seed), members=1_000, days=365, habits=spending(part))
        for part in (5, *SPENDING)
    }
    assert [check for check in report(numbers, years).checks if not check.passed] == []
