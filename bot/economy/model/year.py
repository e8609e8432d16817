"""The simulation itself: all members, day after day, and the money at the end of each week."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from bot.economy.model.habits import HABITS, Habit, kinds
from bot.economy.model.member import WEEK, Books, Life, Member, Numbers
from events.decisions.upkeep import share


@dataclass(frozen=True, slots=True)
class Supply:
    """The money at the end of a week."""

    held: int
    """In the wallets and banks of members: what can be spent."""
    kept: int
    """In the shop's till and the treasury: paid in by members, not destroyed (yet)."""
    minted: int
    burned: int

    @property
    def supply(self) -> int:
        """What was made less what was destroyed: the measure of ``/economy supply``."""
        return self.minted - self.burned


@dataclass(slots=True)
class Year:
    """What came of it: the supply after each whole week, the members and the books at the end."""

    members: list[Member]
    books: Books = field(default_factory=Books)
    weeks: list[Supply] = field(default_factory=list)

    def supply(self) -> Supply:
        """The money as it is."""
        books = self.books
        held = sum(member.held for member in self.members)
        return Supply(held, books.till + books.treasury, books.minted, books.burned)


def simulate(
    numbers: Numbers,
    dice: Random,
    *,
    members: int,
    days: int,
    habits: tuple[Habit, ...] = HABITS,
    advance: Callable[[int], None] = lambda more: None,
) -> Year:
    """So many members live so many days under these settings; ``advance`` hears of each day."""
    year = Year([Member(habit) for habit in kinds(members, dice, habits)])
    life = Life(numbers, year.books, dice)
    for day in range(days):
        for who in year.members:
            if dice.randrange(100) < who.habit.awake:
                life.day(who, day)
        if day % WEEK == WEEK - 1:
            _week_ends(year, life, day)
        advance(1)
    return year


def _week_ends(year: Year, life: Life, day: int) -> None:
    for who in year.members:
        life.week(who)
        _upkeep(who, life, day)
    year.books.close_week(life.numbers["shop_keep_days"])
    year.weeks.append(year.supply())


def _upkeep(who: Member, life: Life, day: int) -> None:
    """Interest, tax, levy and decay, where they are on."""
    numbers, books = life.numbers, life.books
    interest = share(who.bank, numbers["interest_weekly"])
    who.bank += interest
    books.minted += interest
    tax = share(who.wallet - numbers["tax_free"], numbers["tax_weekly"])
    who.wallet -= tax
    books.treasury += tax
    life.levy(who)
    if day - who.seen >= numbers["decay_idle_days"]:
        lost = share(who.wallet, numbers["decay_weekly"])
        who.wallet -= lost
        books.burned += lost
