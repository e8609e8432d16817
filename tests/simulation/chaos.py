"""Processes that die at any moment, and interactions that come twice.

Discord sends an interaction again when it has not seen our answer. Here some are asked for a
second time, of another process with connections of its own: what was done must not be done again,
and the member must be told the same.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from bot.answer import Reply, Services
from bot.handle import Outcome, handle, look_up
from events.engine.errors import Refused
from sql.errors import DatabaseUnreachable
from sql.pool import Database
from tests.simulation.deaths import DEATH, Death, drawn

FATES: Final = ("quiet", "again", "overlapping", "killed", "killed", "cut")
"""What becomes of an interaction: nothing; it comes again after its commit, or at the same time;
its process is killed at any moment and another is asked; its connection alone is cut."""
ASKING: Final = ("quiet", "quiet", "quiet", "cut")


@dataclass(frozen=True, slots=True)
class Chaos(Services):
    """Services under which any command may have to be answered a second time.

    ``elsewhere`` are the connections of the process that is asked then, ``doomed`` those of one
    that is killed (commands of one process share transactions); ``met`` counts what happened, so
    that a test can see to it that everything does.
    """

    elsewhere: Database | None = None
    doomed: Database | None = None
    dice: Random = field(default_factory=lambda: Random(0))
    met: Counter[str] = field(default_factory=Counter)

    async def work(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """As the base does; what carries a command out meets one of the FATES, a question can
        only lose its connection."""
        if function is not look_up and function is not handle and self not in arguments:
            return await Services.work(self, function, *arguments, **named)
        fate = self.dice.choice(ASKING if function is look_up else FATES)
        self.met[fate] += 1
        return await getattr(self, f"_{fate}")(_Delivery(self, function, arguments, named))

    async def _quiet(self, delivery: "_Delivery") -> Any:
        return await delivery.at(self.database)

    async def _cut(self, delivery: "_Delivery") -> Any:
        """The process lives on and finds out what became of it."""
        return await delivery.at(self.database, drawn(self.dice, for_good=False))

    async def _killed(self, delivery: "_Delivery") -> Any:
        """Nobody hears what the dead one would have said."""
        with suppress(DatabaseUnreachable, Refused):
            await delivery.at(self.doomed, drawn(self.dice, for_good=True))
        return await delivery.at(self.elsewhere)

    async def _again(self, delivery: "_Delivery") -> Any:
        first = await _ended(delivery.at(self.database))
        return _same(first, await _ended(delivery.at(self.elsewhere)))

    async def _overlapping(self, delivery: "_Delivery") -> Any:
        ends = await asyncio.gather(
            _ended(delivery.at(self.database)), _ended(delivery.at(self.elsewhere))
        )
        return _same(*ends)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One interaction's work on the records, which any process can be asked to do."""

    services: Chaos
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    named: dict[str, Any]

    async def at(self, process: Database | None, death: Death | None = None) -> Any:
        """Let the process with these connections do it, and die over it."""
        swapped = [self._swapped(argument, process) for argument in self.arguments]
        token = DEATH.set(death)
        try:
            return await Services.work(self.services, self.function, *swapped, **self.named)
        finally:
            DEATH.reset(token)

    def _swapped(self, argument: Any, process: Database | None) -> Any:
        if argument is self.services:
            return replace(self.services, database=process)
        return process if argument is self.services.database else argument


async def _ended(work: Any) -> Any:
    try:
        return await work
    except Exception as error:
        return error


def _same(first: Any, again: Any) -> Any:
    assert _told(first) == _told(again), "a second delivery was answered differently"
    if isinstance(again, Exception):
        raise again
    return again


def _told(end: Any) -> Any:
    """What the member learns: the refusal, or the facts."""
    if isinstance(end, Refused):
        return str(end)
    if isinstance(end, Outcome):
        return [fact.position for fact in end.facts]
    if isinstance(end, Reply):
        return end.embed.to_dict()
    return type(end)
