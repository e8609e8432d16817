"""The games against the house, as data, and what follows from the data alone.

A game is some reels with weighted faces and a pay table. Everything shown about it (the chance of
each line, the expected return, the house edge) is computed from that, exactly. A pay table that
has been played is never changed: add one with a higher ``version`` to ``ALL``, so that what was
played under the old one can still be drawn again.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from math import prod

from events.decisions.draws import weighted
from events.games import ChancePlayed

Roll = tuple[str, ...]
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Pay:
    """One line of a pay table: on ``choice``, a roll that ``wins`` pays the stake times
    ``multiplier`` hundredths."""

    title: str
    choice: str
    wins: Callable[[Roll], bool]
    multiplier: int


@dataclass(frozen=True)
class Game:
    """A game: its reels (face, weight) and its pay table; the first line that wins pays."""

    key: str
    version: int
    title: str
    choices: tuple[str, ...]
    reels: tuple[tuple[tuple[str, int], ...], ...]
    pays: tuple[Pay, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a roll comes to; ``line`` is None when it pays nothing."""

    roll: Roll
    line: Pay | None

    @property
    def multiplier(self) -> int:
        """In hundredths of the stake."""
        return self.line.multiplier if self.line else 0


def _all(face: str) -> Callable[[Roll], bool]:
    return lambda roll: set(roll) == {face}


def _total(roll: Roll) -> int:
    return sum(map(int, roll))


_DIE = tuple((str(face), 1) for face in range(1, 7))
_REEL = (("cherry", 6), ("lemon", 5), ("bell", 4), ("star", 3), ("seven", 2))

COINFLIP = Game(
    "coinflip",
    version=1,
    title="Coin flip",
    choices=("heads", "tails"),
    reels=((("heads", 49), ("tails", 49), ("edge", 2)),),
    pays=(
        Pay("Heads", "heads", _all("heads"), 200),
        Pay("Tails", "tails", _all("tails"), 200),
    ),
)
DICE = Game(
    "dice",
    version=1,
    title="Two dice",
    choices=("under", "seven", "over", "double"),
    reels=(_DIE, _DIE),
    pays=(
        Pay("Under 7", "under", lambda roll: _total(roll) < 7, 230),
        Pay("Exactly 7", "seven", lambda roll: _total(roll) == 7, 570),
        Pay("Over 7", "over", lambda roll: _total(roll) > 7, 230),
        Pay("Doubles", "double", lambda roll: roll[0] == roll[1], 570),
    ),
)
SLOTS = Game(
    "slots",
    version=1,
    title="Slots",
    choices=("spin",),
    reels=(_REEL, _REEL, _REEL),
    pays=(
        Pay("3 sevens", "spin", _all("seven"), 15_000),
        Pay("3 stars", "spin", _all("star"), 5_000),
        Pay("3 bells", "spin", _all("bell"), 2_000),
        Pay("3 lemons", "spin", _all("lemon"), 1_000),
        Pay("3 cherries", "spin", _all("cherry"), 500),
        Pay("2 cherries", "spin", lambda roll: Counter(roll)["cherry"] == 2, 100),
    ),
)

ALL = (COINFLIP, DICE, SLOTS)
"""Every pay table there ever was."""
_BY_VERSION = {(game.key, game.version): game for game in ALL}
GAMES = {game.key: game for game in sorted(ALL, key=lambda game: game.version)}
"""The newest pay table of each game: what is played."""


def spin(game: Game, choice: str, seed: int) -> Outcome:
    """What ``seed`` gives."""
    return judge(game, choice, tuple(weighted(seed, n, reel) for n, reel in enumerate(game.reels)))


def judge(game: Game, choice: str, roll: Roll) -> Outcome:
    """What the pay table says to a roll."""
    lines = (line for line in game.pays if line.choice == choice and line.wins(roll))
    return Outcome(roll, next(lines, None))


def payout(stake: int, multiplier: int) -> int:
    """The stake times so many hundredths, cut to whole coins."""
    return stake * multiplier // HUNDRED


@cache
def chances(game: Game, choice: str) -> dict[str, tuple[Pay, Fraction]]:
    """Each line of the pay table that a choice can win, with its exact chance."""
    found: dict[str, tuple[Pay, Fraction]] = {}
    ways = prod(sum(weight for _, weight in reel) for reel in game.reels)
    for faces in product(*game.reels):
        line = judge(game, choice, tuple(face for face, _ in faces)).line
        if line is not None:
            before = found.get(line.title, (line, Fraction(0)))[1]
            share = Fraction(prod(weight for _, weight in faces), ways)
            found[line.title] = (line, before + share)
    return {line.title: found[line.title] for line in game.pays if line.title in found}


def expected_return(game: Game, choice: str, stake: int = HUNDRED) -> Fraction:
    """What comes back of each coin staked, on average: exact, rounding of the payout included."""
    lines = chances(game, choice).values()
    return sum(
        (chance * Fraction(payout(stake, line.multiplier), stake) for line, chance in lines),
        Fraction(0),
    )


def house_edge(game: Game, choice: str, stake: int = HUNDRED) -> Fraction:
    """The part of each coin staked that the house keeps on average."""
    return 1 - expected_return(game, choice, stake)


def best_multiplier(game: Game, choice: str) -> int:
    """The most that a choice can pay, in hundredths."""
    return max(line.multiplier for line in game.pays if line.choice == choice)


def drawn_again(event: ChancePlayed) -> bool:
    """Whether the recorded seed, under the pay table it names, gives what was recorded."""
    game = _BY_VERSION.get((event.game, event.rules))
    if game is None:
        return False
    again = spin(game, event.choice, event.seed)
    paid = payout(event.stake, again.multiplier)
    return (list(again.roll), again.multiplier, paid) == (
        event.roll,
        event.multiplier,
        event.payout,
    )
