"""A process that dies between commit and reply, and interactions that come twice.

Discord sends an interaction again when it has not seen our answer. Each command is one call of
``handle``, so here some calls are made a second time, as after a restart: what was done must not
be done again, and the member must be told the same.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.answer import Services
from bot.handle import Outcome, handle
from events.engine.errors import Refused


@dataclass(frozen=True, slots=True)
class Chaos(Services):
    """Services under which any command may have to be answered a second time."""

    dice: Random = field(default_factory=lambda: Random(0))

    async def work(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """As the base does; what ``handle`` did is sometimes asked for once more."""
        if function is not handle or self.dice.random() < 0.5:
            return await Services.work(self, function, *arguments, **named)
        if self.dice.random() < 0.5:  # a process died after its commit: another is asked
            first = await self._ended(function, *arguments, **named)
            again = await self._ended(function, *arguments, **named)
        else:  # two processes overlap in a deploy
            first, again = await asyncio.gather(
                self._ended(function, *arguments, **named),
                self._ended(function, *arguments, **named),
            )
        assert _told(first) == _told(again), "a second delivery was answered differently"
        if isinstance(again, Refused):
            raise again
        return again

    async def _ended(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        try:
            return await Services.work(self, function, *arguments, **named)
        except Refused as refused:
            return refused


def _told(end: Outcome[Any] | Refused) -> Any:
    """What the member learns: the refusal, or the facts."""
    return str(end) if isinstance(end, Refused) else [fact.position for fact in end.facts]
