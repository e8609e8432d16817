"""The steps that capture takes: what was seen, and what befell capture itself."""

from dataclasses import dataclass

from bot.gateway.quarantine import Quarantined
from bot.gateway.seen import Connected, Missed, Observation, Seen, Standing, Watched
from events.engine.event import Event


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a step has become: facts with their final keys, each with the observation whose
    sequence is read anew if the fact is not recorded. Written twice, they are recorded once.

    ``rest`` is what the same step told that could not be numbered before the database went away.
    """

    facts: tuple[tuple[Event, Observation | None], ...]
    rest: tuple[Observation, ...] = ()


Step = Seen | Quarantined | Connected | Watched | Missed | Standing | Numbered
