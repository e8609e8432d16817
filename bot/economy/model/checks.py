"""What must hold of an economy, and the figures that show whether it does.

1. **Growth**: after the first quarter, money grows by less than 3 % in any week, whatever part of
   it members spend (``habits.SPENDING``), by both measures: what members hold, and all that was
   made less all that was destroyed, which is what ``/economy supply`` shows.
2. **Parity**: no activity pays more a minute than twice any other. A minute is one of cool-down.
   What is open once a day or once a week is left out; talking is what levels paid all members in
   the simulation, for the cool-downs of their rewarded messages.
3. **Return**: nothing that takes a stake or a price gives back more coins than that on average. A
   freeze token counts as all the coins that it can save, which is what it is worth to somebody
   whose streak is long; an XP boost as all the levels that its XP can bring.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

from bot.economy.model.habits import BOOST_PRICE
from bot.economy.model.member import BOOST, CURVE, Books, Numbers, contents
from bot.economy.model.year import Supply, Year
from events.activities import ACTIVITIES, Activity
from events.decisions import loot
from events.decisions.effects import FREEZE_TOKEN
from events.decisions.games import GAMES, expected_return
from events.decisions.streaks import most_saved

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
class Growth:
    """How money grew in a year in which members spent ``spends`` per cent a week: the largest
    growth in a week after the first quarter, and what there was at the end of each quarter."""

    spends: int
    held: Fraction
    """By what members hold."""
    supply: Fraction
    """By what was made less what was destroyed."""
    quarters: list[Supply]


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a simulation, and what is to be said about them."""

    growth: list[Growth]
    pay: dict[str, Fraction]
    """Coins a minute of each activity, in the year in which they differ most."""
    returns: dict[str, Fraction]
    """What comes back of each coin that something takes."""
    most_saved: int
    """Coins that a freeze token can save at most: sold for less it would pay."""
    checks: list[Check]

    @property
    def passed(self) -> bool:
        """Whether everything holds."""
        return all(check.passed for check in self.checks)


def report(numbers: Numbers, years: Mapping[int, Year]) -> Report:
    """All figures. ``years`` are by the part that members spend; each is longer than a quarter."""
    growth = [grown(spends, year) for spends, year in years.items()]
    pays = [pay_per_minute(numbers, year.books) for year in years.values()]
    pay = max(pays, key=lambda one: (min(one.values()) <= 0, _times(one)))
    held, supply = max(one.held for one in growth), max(one.supply for one in growth)
    returns = expected_returns(numbers)
    times, best = _times(pay), max(returns.values())
    checks = [
        Check("weekly growth of what members hold", held, "below 0.03", held < MOST_GROWTH),
        Check("weekly growth of made less destroyed", supply, "below 0.03", supply < MOST_GROWTH),
        Check("best pay to worst", times, "at most 2", 0 < times <= MOST_TIMES),
        Check("largest expected return", best, "at most 1", best <= 1),
    ]
    return Report(growth, pay, returns, _token(numbers), checks)


def grown(spends: int, year: Year) -> Growth:
    """How money grew in a year, by both measures."""
    weeks = year.weeks
    return Growth(
        spends,
        largest_growth([week.held for week in weeks]),
        largest_growth([week.supply for week in weeks]),
        quarters(weeks),
    )


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
    bought there, of each crate, and of an XP boost."""
    found = {
        f"{game.title}: {choice}": expected_return(game, choice)
        for game in GAMES.values()
        for choice in game.choices
    }
    found["Selling back to the shop"] = Fraction(numbers["shop_sell_percent"], 100)
    worth = {FREEZE_TOKEN: _token(numbers)}
    for name, price in loot.PRICES.items():
        found[f"Crate: {name}"] = loot.expected_value(contents(name), worth) / price
    found[f"XP boost for {BOOST_PRICE:,}"] = boosted(numbers) / BOOST_PRICE
    return found


def boosted(numbers: Numbers) -> Fraction:
    """The coins that the XP of one boost are worth to somebody who talks in one channel without a
    pause, at the level that pays best for its XP."""
    messages = BOOST.seconds // max(1, numbers["message_cooldown"])
    xp = messages * numbers["message_xp"] * (BOOST.percent - 100) // 100
    costs = (after - before for before, after in pairwise(CURVE.totals))
    best = max(Fraction(level, cost) for level, cost in enumerate(costs, start=1))
    return numbers["level_coins"] * best * xp


def _token(numbers: Numbers) -> int:
    return most_saved(numbers["daily_coins"], numbers["weekly_coins"])


def _minutes(job: Activity) -> Fraction:
    return Fraction(job.cooldown, 60)


def _times(pay: Mapping[str, Fraction]) -> Fraction:
    """How many times the worst pay the best is; 0 when there is one that pays nothing."""
    worst = min(pay.values())
    return max(pay.values()) / worst if worst > 0 else Fraction(0)
