"""The language in which a thing's effect is declared.

``boost:xp:200:60m``
    twice the XP (or ``stars``) for an hour; 150 per cent is one and a half times
``freeze-token``
    one freeze token for the daily streak
``crate:60=coins*50,30=$gems*2,10=freeze-token*1``
    one of these, by per cent; ``crate:wooden`` and the like name a shipped table
``pet:fox``
    a pet of this species is adopted
``role:1234567890:7d``
    the role with this id, for a week

Lengths of time are whole numbers of minutes, hours or days: ``60m``, ``2h``, ``7d``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from events.boosts import BOOSTED
from events.decisions import loot
from events.decisions.currency import Currencies, check_in_use
from events.decisions.pets import SPECIES
from events.decisions.roles import MOST_DAYS
from events.effects import Loot
from events.engine.errors import Refused
from events.engine.event import MAX_LABEL

FREEZE_TOKEN = "freeze-token"
"""The id of the thing that keeps a streak through a missed day."""

MINUTE: Final = 60
DAY: Final = 86_400
_SECONDS: Final = {"m": MINUTE, "h": 3_600, "d": DAY}
LEAST_PERCENT, MOST_PERCENT = 101, 1_000
MOST_BOOSTED = 7 * DAY


@dataclass(frozen=True, slots=True)
class Freeze:
    """One freeze token."""


@dataclass(frozen=True, slots=True)
class Crate:
    """One of the lines of a loot table."""

    table: tuple[Loot, ...]


@dataclass(frozen=True, slots=True)
class Boost:
    """More points than usual: ``percent`` of what they would be, for some seconds."""

    what: str
    percent: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Adoption:
    """A pet."""

    species: str


@dataclass(frozen=True, slots=True)
class RoleLoan:
    """A role, for some seconds."""

    role_id: int
    seconds: int


Effect = Freeze | Crate | Boost | Adoption | RoleLoan


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of thing: its id, what members call it, and its effect, if it has one."""

    item_id: str
    name: str
    effect: str | None


SHIPPED: Mapping[str, Thing] = MappingProxyType(
    {
        thing.item_id: thing
        for thing in (
            Thing(FREEZE_TOKEN, "Freeze token", None),
            Thing("xp-boost", "XP boost", "boost:xp:200:60m"),
            Thing("star-boost", "Star boost", "boost:stars:200:60m"),
            Thing("wooden-crate", "Wooden crate", "crate:wooden"),
            Thing("silver-crate", "Silver crate", "crate:silver"),
            Thing("golden-crate", "Golden crate", "crate:golden"),
            *(
                Thing(f"adopt-{species}", f"Adoption papers: {shown}", f"pet:{species}")
                for species, shown in SPECIES.items()
            ),
        )
    }
)
"""Things that are known in every guild, whether or not its shop sells them."""


def shipped_effect(item_id: str) -> str | None:
    """What a shipped thing does; None for one that does nothing or is not shipped."""
    thing = SHIPPED.get(item_id)
    return thing.effect if thing else None


def read(declared: str) -> Effect:
    """The effect that is declared. Raises Refused with what is wrong with it and an example."""
    if len(declared) > MAX_LABEL:
        raise Refused(f"An effect is declared in at most {MAX_LABEL} characters.")
    kind, _, rest = declared.strip().partition(":")
    reader = _READERS.get(kind)
    if reader is None:
        raise Refused(f"There is no effect '{kind}'. There are: {', '.join(EXAMPLES)}.")
    return reader(rest.strip())


def check(declared: str, known: Currencies) -> None:
    """Raises Refused for an effect that does not exist, or that gives what is no currency in use
    among those that are ``known``."""
    effect = read(declared)
    if isinstance(effect, Crate):
        for currency in loot.money_in(effect.table):
            check_in_use(known.by_id(currency))


def _freeze(rest: str) -> Freeze:
    if rest:
        raise Refused(f"The effect {FREEZE_TOKEN} takes no details.")
    return Freeze()


def _crate(rest: str) -> Crate:
    return Crate(loot.table(rest))


def _pet(rest: str) -> Adoption:
    if rest not in SPECIES:
        raise Refused(f"There is no species '{rest}'. There are: {', '.join(SPECIES)}.")
    return Adoption(rest)


def _boost(rest: str) -> Boost:
    what, _, rest = rest.partition(":")
    percent, _, length = rest.partition(":")
    if what not in BOOSTED or not loot.is_number(percent):
        raise Refused(f"'boost:{what}:{rest}' boosts nothing. Write it like {BOOST_EXAMPLE}.")
    if not LEAST_PERCENT <= int(percent) <= MOST_PERCENT:
        raise Refused(f"A boost is from {LEAST_PERCENT} to {MOST_PERCENT} per cent; 200 is twice.")
    return Boost(what, int(percent), _seconds(length, MOST_BOOSTED))


def _role(rest: str) -> RoleLoan:
    role_id, _, length = rest.partition(":")
    if not loot.is_number(role_id) or int(role_id) >= 2**63:
        raise Refused(f"'{role_id}' is no role's id. Write it like {ROLE_EXAMPLE}.")
    return RoleLoan(int(role_id), _seconds(length, MOST_DAYS * DAY))


def _seconds(length: str, most: int) -> int:
    """A length of time as it is declared, in seconds."""
    number, unit = length[:-1], length[-1:]
    if not (loot.is_number(number) and unit in _SECONDS):
        raise Refused(f"'{length}' is no length of time. Write 60m, 2h or 7d.")
    seconds = int(number) * _SECONDS[unit]
    if not MINUTE <= seconds <= most:
        raise Refused(f"'{length}': pick a length from 1m to {most // DAY}d.")
    return seconds


_READERS: Mapping[str, Callable[[str], Effect]] = MappingProxyType(
    {FREEZE_TOKEN: _freeze, "crate": _crate, "boost": _boost, "pet": _pet, "role": _role}
)
ROLE_EXAMPLE = "role:1234567890:7d"
BOOST_EXAMPLE = "boost:xp:200:60m"
EXAMPLES = (
    FREEZE_TOKEN,
    BOOST_EXAMPLE,
    ROLE_EXAMPLE,
    "pet:fox",
    "crate:wooden",
    f"crate:{loot.EXAMPLE}",
)
"""One of each, for whoever declares a thing."""
