"""What must hold of an economy, and the figures that show whether it does.

1. **Growth**: after the first quarter, what members hold grows by less than 3 % in any week. What
   they paid into the shop's till and the treasury is out of circulation.
2. **Parity**: no activity pays more a minute than twice any other. A minute is one of cool-down.
   What is open once a day or once a week is left out; talking is what levels paid all members in
   the simulation, for the cool-downs of their rewarded messages.
3. **Return**: nothing that takes a stake or a price gives back more coins than that on average.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

from bot.economy_model.member import Books, Numbers, contents
from bot.economy_model.year import Supply, Year
from events.activities import ACTIVITIES, Activity
from events.decisions import loot
from events.decisions.effects import FREEZE_TOKEN
from events.decisions.games import GAMES, expected_return

QUARTER: Final = 13
"""Weeks."""
MOST_GROWTH: Final = Fraction(3, 100)
MOST_TIMES: Final = 2
TALKING: Final = "talking"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold."""

    name: str
    figure: Fraction
    limit: str
    passed: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a simulation, and what is to be said about them."""

    quarters: list[Supply]
    pay: dict[str, Fraction]
    """Coins a minute of each activity."""
    returns: dict[str, Fraction]
    """What comes back of each coin that something takes."""
    growth_of_all: Fraction
    """The largest weekly growth if what the shop and the treasury keep counted too: told, not
    checked, for nobody can spend it."""
    checks: list[Check]

    @property
    def passed(self) -> bool:
        """Whether everything holds."""
        return all(check.passed for check in self.checks)


def report(numbers: Numbers, year: Year) -> Report:
    """All figures. ``year`` has to be longer than a quarter."""
    pay = pay_per_minute(numbers, year.books)
    returns = expected_returns(numbers)
    growth = largest_growth([week.held for week in year.weeks])
    times = _times(list(pay.values()))
    best = max(returns.values())
    checks = [
        Check("largest weekly growth", growth, "below 0.03", growth < MOST_GROWTH),
        Check("best pay to worst", times, "at most 2", 0 < times <= MOST_TIMES),
        Check("largest expected return", best, "at most 1", best <= 1),
    ]
    growth_of_all = largest_growth([week.held + week.kept for week in year.weeks])
    return Report(quarters(year.weeks), pay, returns, growth_of_all, checks)


def quarters(weeks: Sequence[Supply]) -> list[Supply]:
    """The supply at the end of each quarter, the last one being as long as there are weeks."""
    ends = [*range(QUARTER, len(weeks), QUARTER), len(weeks)]
    return [weeks[end - 1] for end in ends]


def largest_growth(supply: Sequence[int]) -> Fraction:
    """The largest growth in a week after the first quarter, as a part of the week before."""
    return max(
        (
            Fraction(after - before, before)
            for before, after in pairwise(supply[QUARTER - 1 :])
            if before
        ),
        default=Fraction(0),
    )


def pay_per_minute(numbers: Numbers, books: Books) -> dict[str, Fraction]:
    """Coins a minute of each activity, on average."""
    percent = Fraction(numbers["activity_percent"], 100)
    pay = {f"/{job.id}": expected_pay(job) * percent / _minutes(job) for job in ACTIVITIES.values()}
    talked = Fraction(books.messages * numbers["message_cooldown"], 60)
    if talked and numbers["level_coins"]:
        pay[TALKING] = books.talked / talked
    return pay


def expected_pay(job: Activity) -> Fraction:
    """What doing an activity once comes to on average, in a wallet that can pay the fine."""
    won, fined = Fraction(job.low + job.high, 2), Fraction(job.fine_low + job.fine_high, 2)
    return (won * job.chance - fined * (100 - job.chance)) / 100


def expected_returns(numbers: Numbers) -> dict[str, Fraction]:
    """What comes back of a coin, of each choice in each game, of selling to the shop what was
    bought there, and of each crate. A freeze token counts as the plain daily coins that it saves,
    though nobody can be sure to sell one for that."""
    found = {
        f"{game.title}: {choice}": expected_return(game, choice)
        for game in GAMES.values()
        for choice in game.choices
    }
    found["Selling back to the shop"] = Fraction(numbers["shop_sell_percent"], 100)
    worth = {FREEZE_TOKEN: numbers["daily_coins"]}
    for name, price in loot.PRICES.items():
        found[f"Crate: {name}"] = loot.expected_value(contents(name), worth) / price
    return found


def _minutes(job: Activity) -> Fraction:
    return Fraction(job.cooldown, 60)


def _times(pay: Sequence[Fraction]) -> Fraction:
    """How many times the worst pay the best is; 0 when there is one that pays nothing."""
    return max(pay) / min(pay) if min(pay) > 0 else Fraction(0)
