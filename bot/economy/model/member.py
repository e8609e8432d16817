"""One simulated member: what they have, and what a day or a week of theirs comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Final

from bot.economy.model import habits
from bot.economy.model.habits import Habit
from events.activities import ACTIVITIES, Activity
from events.decisions import curves, loot
from events.decisions.bank import BankTerms
from events.decisions.draws import SEED_BITS
from events.decisions.effects import Boost, read, shipped_effect
from events.decisions.games import GAMES, payout, spin
from events.decisions.streaks import ladder, multiplier
from events.decisions.upkeep import progressive
from events.effects import Loot
from events.ledger import COINS

WEEK: Final = 7
CURVE: Final = curves.ours()
NEVER: Final = -(10**9)
Numbers = Mapping[str, int]
"""The guild's settings: the value of each key."""


@dataclass(slots=True)
class Books:
    """What was made, what was destroyed, and what lies with the guild instead of its members."""

    minted: int = 0
    burned: int = 0
    takings: list[int] = field(default_factory=lambda: [0])
    """What the shop took in each week and still has, this week last."""
    treasury: int = 0
    talked: int = 0
    """What of the minted coins levels paid."""
    messages: int = 0
    """How many messages were rewarded."""

    @property
    def till(self) -> int:
        """What the shop has."""
        return sum(self.takings)

    def close_week(self, keep_days: int) -> None:
        """What the shop took before the days for which it keeps its takings is destroyed."""
        weeks = -(-keep_days // WEEK)
        old = len(self.takings) - weeks
        self.burned += sum(self.takings[: max(0, old)])
        self.takings = [*self.takings[max(0, old) :], 0]


@dataclass(slots=True)
class Member:
    """A member's balances, streaks and points."""

    habit: Habit
    wallet: int = 0
    bank: int = 0
    tier: int = 0
    xp: int = 0
    seen: int = 0
    day: int = NEVER
    daily: int = 0
    week: int = NEVER
    weekly: int = 0

    @property
    def held(self) -> int:
        """What they have in wallet and bank together."""
        return self.wallet + self.bank

    def withdraw(self, coins: int) -> None:
        """Have ``coins`` in the wallet, out of the bank as far as they are not there yet."""
        lacking = max(0, coins - self.wallet)
        self.bank -= lacking
        self.wallet += lacking


@dataclass(frozen=True, slots=True)
class Life:
    """What a member does; ``numbers`` are the settings of the guild."""

    numbers: Numbers
    books: Books
    dice: Random

    def day(self, who: Member, day: int) -> None:
        """A day on which the member is there."""
        who.seen = day
        if self._happens(who.habit.claims):
            self._claim(who, day)
        for _ in range(who.habit.jobs):
            self._work(who, self.dice.choice(_JOBS))
        self._talk(who, who.habit.messages, 100)
        if self.numbers["games_enabled"]:
            self._bet(who)

    def week(self, who: Member) -> None:
        """What the member does with the coins of a week: spend, save, make the bank larger."""
        spend = who.held * who.habit.spends // 100
        who.withdraw(spend)
        spend -= self._crates(who, spend * habits.CRATES // 100)
        spend -= self._boosts(who, spend * habits.BOOSTS // (100 - habits.CRATES))
        self._shop(who, spend)
        terms = bank_terms(self.numbers)
        room = max(0, terms.capacity(who.tier) - who.bank)
        saved = min(room, who.wallet * who.habit.saves // 100)
        who.wallet -= saved
        who.bank += saved
        price = terms.price(who.tier)
        if who.habit.upgrades and saved == room and who.wallet >= 2 * price:
            who.wallet -= price
            who.tier += 1
            self.books.burned += price

    def _claim(self, who: Member, day: int) -> None:
        if day - who.day > 1:
            who.daily = 0
        who.day, who.daily = day, who.daily + 1
        self._mint(who, self.numbers["daily_coins"] * ladder(who.daily) // 100)
        week = day // WEEK
        if week > who.week:
            who.weekly = who.weekly + 1 if week == who.week + 1 else 1
            who.week = week
            times = multiplier(who.daily, who.weekly)
            self._mint(who, self.numbers["weekly_coins"] * times // 100)

    def _work(self, who: Member, job: Activity) -> None:
        percent = self.numbers["activity_percent"]
        if self._happens(job.chance):
            self._mint(who, self.dice.randint(job.low, job.high) * percent // 100)
        else:
            fine = self.dice.randint(job.fine_low, job.fine_high) * percent // 100
            self._burn(who, min(who.wallet, fine))

    def _talk(self, who: Member, messages: int, percent: int) -> None:
        before = CURVE.level_of(who.xp)
        who.xp += messages * self.numbers["message_xp"] * percent // 100
        self.books.messages += messages
        for level in range(before + 1, CURVE.level_of(who.xp) + 1):
            reward = self.numbers["level_coins"] * level
            self._mint(who, reward)
            self.books.talked += reward

    def _bet(self, who: Member) -> None:
        left = self.numbers["games_daily_staked"]
        for _ in range(min(who.habit.bets, self.numbers["games_daily_bets"])):
            most = min(self.numbers["games_max_stake"], left)
            stake = min(most, who.wallet * habits.STAKE // 100)
            if stake < 1:
                return
            left -= stake
            game = self.dice.choice(_GAMES)
            outcome = spin(game, self.dice.choice(game.choices), self.dice.getrandbits(SEED_BITS))
            gain = payout(stake, outcome.multiplier) - stake
            self._mint(who, gain) if gain > 0 else self._burn(who, -gain)

    def _crates(self, who: Member, coins: int) -> int:
        """Buy and open the dearest crates that ``coins`` are enough for; what they cost."""
        spent = 0
        for name, price in _BY_PRICE:
            for _ in range((coins - spent) // price):
                spent += price
                self._shop(who, price)
                found = loot.found(contents(name), self.dice.randrange(loot.WHOLE))
                if found.currency == COINS:
                    self._mint(who, found.amount)
        return spent

    def _boosts(self, who: Member, coins: int) -> int:
        """Use at most one boost a week: a day's messages are worth more by it."""
        if coins < habits.BOOST_PRICE:
            return 0
        self._shop(who, habits.BOOST_PRICE)
        who.xp += who.habit.messages * self.numbers["message_xp"] * (BOOST.percent - 100) // 100
        return habits.BOOST_PRICE

    def _happens(self, percent: int) -> bool:
        return self.dice.randrange(100) < percent

    def _mint(self, who: Member, coins: int) -> None:
        who.wallet += coins
        self.books.minted += coins

    def levy(self, who: Member) -> None:
        """What the levy of a week takes from the member."""
        numbers = self.numbers
        coins = progressive(who.held, numbers["levy_weekly"], numbers["levy_free"])
        who.withdraw(coins)
        self._burn(who, coins)

    def _burn(self, who: Member, coins: int) -> None:
        who.wallet -= coins
        self.books.burned += coins

    def _shop(self, who: Member, coins: int) -> None:
        who.wallet -= coins
        self.books.takings[-1] += coins


def bank_terms(numbers: Numbers) -> BankTerms:
    """The bank's terms under these settings."""
    return BankTerms(
        numbers["bank_capacity"], numbers["bank_tier_capacity"], numbers["bank_tier_price"]
    )


@cache
def contents(crate: str) -> tuple[Loot, ...]:
    """The loot table of a shipped crate."""
    return loot.table(crate)


def _boost() -> Boost:
    effect = read(shipped_effect("xp-boost") or "")
    assert isinstance(effect, Boost)
    return effect


BOOST: Final = _boost()
"""The boost that is shipped."""
_JOBS: Final = tuple(ACTIVITIES.values())
_GAMES: Final = tuple(GAMES.values())
_BY_PRICE: Final = sorted(loot.PRICES.items(), key=lambda entry: -entry[1])
