"""How members behave: the assumptions of the simulation, all of them here.

Everybody is there, with nothing, on day one. Of a hundred members 60 are there on one day in seven,
30 on two days in three, 10 nearly always; on such a day they claim, do activities, talk and (where
games are on) bet as their kind does. Once a week they spend a part of all they have, some of it on
crates and boosts, put some of what is left into the bank, and make that larger when it is full.
How much they spend is what nobody can know, and what growth hangs on: a year is simulated for each
part in ``SPENDING``, and the bounds have to hold in all of them. No two members are quite alike:
how often they are there, what they spend and what they save is half to one and a half of that.
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Final


@dataclass(frozen=True, slots=True)
class Habit:
    """One kind of member. Chances and shares are in per cent."""

    name: str
    members: int
    """How many of a hundred members are of this kind."""
    awake: int
    """The chance that they are there on a day."""
    claims: int
    """The chance that they think of ``/daily`` and ``/weekly`` on such a day."""
    jobs: int
    """How many activities they do on such a day."""
    messages: int
    """How many of their messages are rewarded on such a day."""
    spends: int
    """What part of all they have they spend in the shop in a week."""
    saves: int
    """What part of their wallet they put into the bank in a week, as far as it fits."""
    upgrades: bool = False
    """Whether they make their bank larger when it is full and they carry twice the price."""
    bets: int = 0
    """How many bets they make on such a day, where games are on."""


HABITS: Final = (
    Habit("lurker", 60, awake=15, claims=60, jobs=1, messages=2, spends=25, saves=5),
    Habit(
        "regular",
        30,
        awake=65,
        claims=85,
        jobs=4,
        messages=15,
        spends=25,
        saves=5,
        upgrades=True,
        bets=2,
    ),
    Habit(
        "devoted",
        10,
        awake=97,
        claims=99,
        jobs=12,
        messages=60,
        spends=25,
        saves=5,
        upgrades=True,
        bets=10,
    ),
)
"""The kinds of members of an ordinary server."""

SPENDING: Final = (10, 25, 40)
"""What part of all they have members may spend in the shop in a week, in per cent."""

CRATES: Final = 20
"""How much of what is spent goes into crates, as far as whole ones can be bought, in per cent."""
BOOSTS: Final = 20
"""The same for XP boosts; the rest is spent on roles and keepsakes, which give nothing back."""
BOOST_PRICE: Final = 1_000
"""Coins for an XP boost: the shop ships none, so this is what an admin might ask."""
STAKE: Final = 5
"""What part of the wallet is bet at once, in per cent, within the guild's limits."""


def spending(percent: int) -> tuple[Habit, ...]:
    """The ordinary habits, with so much spent in a week."""
    return tuple(replace(habit, spends=percent) for habit in HABITS)


def kinds(members: int, dice: Random, habits: tuple[Habit, ...] = HABITS) -> list[Habit]:
    """The habit of each of so many members, in the shares that the habits give; no two members are
    quite alike, so the shares of each are from half to one and a half of what is usual."""
    hundred = [habit for habit in habits for _ in range(habit.members)]
    usual = (hundred[number * len(hundred) // members] for number in range(members))
    return [
        replace(
            habit,
            awake=_around(habit.awake, dice),
            spends=_around(habit.spends, dice),
            saves=_around(habit.saves, dice),
        )
        for habit in usual
    ]


def _around(percent: int, dice: Random) -> int:
    return min(100, percent * dice.randint(50, 150) // 100)
