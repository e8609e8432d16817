"""Synthetic history: what a lively community does, from a seed, as fast as it can be drawn.

A *draft* is an event before validation, so that a benchmark can count the validation in. About
one message in four falls within the cool-down.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import accumulate
from random import Random

from tests.benchmarks.history.doings import Doings
from tests.benchmarks.history.talk import Talk
from tests.benchmarks.history.world import START, Draft

__all__ = ["START", "Draft", "History", "guilds", "mixed", "shares"]


class History(Talk, Doings):
    """One guild's endless history; the same guild and seed tell the same one."""

    def __init__(self, guild_id: int, *, seed: int = 1) -> None:
        """At its beginning."""
        super().__init__(guild_id, seed)
        self.following.append(self.season())
        kinds: dict[Callable[[], Draft], float] = {
            self.message: 500,
            self.reaction: 220,
            self.voice: 60,
            self.interaction: 30,
            self.edit: 20,
            self.reaction_back: 15,
            self.thread: 10,
            self.update: 8,
            self.delete: 8,
            self.join: 3,
            self.award: 3,
            self.pay: 3,
            self.setting: 0.2,
        }
        self._kinds, self._weights = list(kinds), list(accumulate(kinds.values()))

    def take(self, count: int) -> Iterator[Draft]:
        """The next ``count`` drafts."""
        for kind in self.random.choices(self._kinds, cum_weights=self._weights, k=count):
            if self.following:
                yield self.following.popleft()
                continue
            self.now += timedelta(milliseconds=1 + int(self.random.expovariate(1 / 12_000)))
            yield kind()


def guilds(count: int, *, first: int = 1) -> list[History]:
    """``count`` guilds at their beginning."""
    return [History(10_000_000 + first + n) for n in range(count)]


def shares(total: int, count: int) -> list[int]:
    """``total`` events dealt out to ``count`` guilds: a few large ones, many small ones."""
    weights = [1 / (n + 5) for n in range(count)]
    dealt = [max(1, int(total * weight / sum(weights))) for weight in weights]
    dealt[0] += max(0, total - sum(dealt))
    return dealt


def mixed(histories: Sequence[History], total: int, *, seed: int = 1) -> Iterator[Draft]:
    """``total`` drafts of all ``histories``, mixed as they would arrive."""
    sizes = shares(total, len(histories))
    order = [index for index, size in enumerate(sizes) for _ in range(size)][:total]
    Random(seed).shuffle(order)
    sources = [history.take(size) for history, size in zip(histories, sizes, strict=True)]
    for index in order:
        yield next(sources[index])
